//! Finds the code in README.md and docs/ that must compile and run.
//!
//! A block of ```` ```ts ````, `tsx`, `js`, `jsx` or `html` must compile, unless its language is followed by
//! `sketch`. In one document:
//! - a block whose first line is a path in a comment (`// lib/actions.ts`, `<!-- public/pay.html -->`) must equal
//!   that file of the document's app, word for word, without that line: of the demo app or, in some documents, of an
//!   app of examples/, whose own build compiles it;
//! - any other block is a module; a block that imports nothing continues the module of the block before it;
//! - `<!-- given: … -->` just before a block holds declarations that the reader does not see; they apply to the whole
//!   document.
//!
//! A block of `sql` must run, and is not compiled. `tests/next/documents/run.mjs` runs the blocks; it reads them as
//! `cargo xtask documents` prints them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::stamp::entries;
use crate::workspace;

/// A document with code.
#[derive(Debug)]
pub(crate) struct Document {
    /// Path relative to the repository.
    pub(crate) name: String,
    pub(crate) blocks: Vec<Block>,
}

/// Prints the code of the documents as JSON, for the script that runs it
///
/// `module` of a block is the index of the first block of its module; `given` holds the declarations that the reader
/// does not see.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// A block of code that must compile, or a block of `sql`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// Line number, from 1, of the block's first line of code in the document.
    pub(crate) line: usize,
    pub(crate) language: String,
    pub(crate) code: String,
    /// The file of the document's app that the block must equal.
    pub(crate) file: Option<String>,
    /// Declarations that the reader does not see, and their line.
    pub(crate) given: Option<(usize, String)>,
}

impl Block {
    pub(crate) fn is_compiled(&self) -> bool {
        self.language != "sql"
    }

    /// True if the block is a module or a part of one: neither a page nor a file of the demo app.
    fn is_script(&self) -> bool {
        self.file.is_none() && self.is_compiled() && self.language != "html"
    }

    /// True if the block continues the module of the block before it.
    fn goes_on(&self) -> bool {
        self.is_script() && !self.code.lines().any(|line| line.starts_with("import "))
    }
}

impl Document {
    /// Returns, for each block, the index of the first block of its module.
    pub(crate) fn modules(&self) -> Vec<usize> {
        let mut last = None;
        let module = |(index, block): (usize, &Block)| {
            if !block.is_script() {
                return index;
            }
            *last.insert(last.filter(|_| block.goes_on()).unwrap_or(index))
        };
        self.blocks.iter().enumerate().map(module).collect()
    }

    fn json(&self) -> Value {
        let of_block = |(block, module): (&Block, usize)| {
            let Block { line, language, code, file, given } = block;
            let given = given.as_ref().map(|(_, given)| given);
            json!({ "line": line, "language": language, "code": code, "file": file, "given": given, "module": module })
        };
        json!({ "name": self.name, "built": self.is_built(), "blocks": Value::from_iter(self.blocks.iter().zip(self.modules()).map(of_block)) })
    }
}

pub(crate) fn run(_: &Args) -> Result<()> {
    println!("{}", Value::from_iter(all()?.iter().map(Document::json)));
    Ok(())
}

/// The documents whose blocks are files of an app of examples/.
const EXAMPLES: [(&str, &str); 3] =
    [("docs/libraries/", "examples/libraries"), ("docs/observability.md", "examples/testing"), ("docs/testing.md", "examples/testing")];

impl Document {
    fn example(&self) -> Option<&'static str> {
        EXAMPLES.into_iter().find(|(documents, _)| self.name.starts_with(documents)).map(|(_, app)| app)
    }

    /// Returns the directory of the app whose files the blocks name, relative to the repository.
    pub(crate) fn app(&self) -> &'static str {
        self.example().unwrap_or("www")
    }

    /// True if the build of the app compiles the blocks that name a file: they use packages that only the app has.
    pub(crate) fn is_built(&self) -> bool {
        self.example().is_some()
    }
}

/// Returns every document that has code to compile.
pub(crate) fn all() -> Result<Vec<Document>> {
    let mut files = vec![workspace::root().join("README.md")];
    files.extend(below(&workspace::root().join("docs"))?);
    let read = |file: &PathBuf| {
        let name = workspace::shown(file);
        let text = fs::read_to_string(file).with_context(|| format!("reading {name}"))?;
        Ok(Document { blocks: blocks(&text).with_context(|| name.clone())?, name })
    };
    let mut documents = files.iter().map(read).collect::<Result<Vec<_>>>()?;
    documents.retain(|document| !document.blocks.is_empty());
    ensure!(documents.first().is_some_and(|first| first.name == "README.md"), "README.md has no block of code that must compile");
    Ok(documents)
}

/// Returns the documents in a directory and in those below it.
fn below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in entries(dir)? {
        if entry.is_dir() {
            found.extend(below(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "md") {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Languages that are not compiled here. rustdoc compiles blocks of `rust`, and `tests/dependant/guide.mjs` those of
/// `rust,ignore` and `toml`.
const OTHERS: [&str; 5] = ["", "rust", "sh", "text", "toml"];

fn blocks(text: &str) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut given = None;
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((number, line)) = lines.next() {
        if let Some(first) = line.strip_prefix("<!-- given:") {
            let mut declared = first.to_owned();
            while !declared.trim_end().ends_with("-->") {
                let (_, next) = lines.next().with_context(|| format!("line {number}: the comment has no end"))?;
                declared = declared + "\n" + next;
            }
            given = Some((number, declared.trim_end().trim_end_matches("-->").to_owned()));
            continue;
        }
        let Some(info) = line.strip_prefix("```") else {
            ensure!(given.is_none() || line.trim().is_empty(), "line {number}: `given` must stand right before a block of code");
            continue;
        };
        let mut code = String::new();
        loop {
            let (_, line) = lines.next().with_context(|| format!("line {number}: the block has no end"))?;
            if line.starts_with("```") {
                break;
            }
            code = code + line + "\n";
        }
        let (language, word) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
        match (language, word) {
            (language, "") if OTHERS.contains(&language.split(',').next().unwrap_or_default()) => {}
            ("ts" | "tsx" | "js" | "jsx" | "html", "sketch") => {}
            ("sql", "") => {
                blocks.push(Block { line: number + 1, language: language.to_owned(), code, ..Block::default() });
            }
            ("ts" | "tsx" | "js" | "jsx" | "html", "") => {
                let (file, rest) = named(&code);
                let line = number + 1 + usize::from(file.is_some());
                let (file, code) = (file.map(str::to_owned), rest.to_owned());
                blocks.push(Block { line, language: language.to_owned(), code, file, given: given.take() });
            }
            _ => bail!(
                "line {number}: a block of `{info}` is not compiled: use ts, tsx, js, jsx or html, and `sketch` after it if it must not compile"
            ),
        }
        ensure!(given.is_none(), "line {number}: `given` must stand before a block that is compiled");
    }
    Ok(blocks)
}

/// Returns the file that the first line names, and the code after that line.
fn named(code: &str) -> (Option<&str>, &str) {
    let (first, rest) = code.split_once('\n').unwrap_or((code, ""));
    let comment = first.strip_prefix("// ").or_else(|| first.strip_prefix("<!-- ")?.strip_suffix(" -->"));
    match comment {
        Some(path) if path.contains('.') && path.contains('/') && !path.contains(' ') => (Some(path), rest),
        _ => (None, code),
    }
}

/// Returns the scripts of a page: the number of the line before each, counted from 0, and its code.
pub(crate) fn scripts(html: &str) -> Vec<(usize, String)> {
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        let Some(open) = rest[start..].find('>') else { break };
        let code = &rest[start + open + 1..];
        let end = code.find("</script>").unwrap_or(code.len());
        if !code[..end].trim().is_empty() {
            let before = html.len() - code.len();
            scripts.push((html[..before].matches('\n').count(), code[..end].to_owned()));
        }
        rest = &code[end..];
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_code_are_found_with_their_declarations() {
        let text = "a\n```sh\nls\n```\n```rust,ignore\nf();\n```\n```ts sketch\nnonsense {\n```\n<!-- given: declare const id: string;\ntype A = 1; -->\n\n```js\nconst a = id;\n```\n";
        let given = Some((11, " declare const id: string;\ntype A = 1; ".to_owned()));
        let block = Block { line: 15, language: "js".to_owned(), code: "const a = id;\n".to_owned(), file: None, given };
        assert_eq!(blocks(text).expect("it can be read"), [block]);
    }

    #[test]
    fn documents_in_folders_are_found() -> Result<()> {
        let dir = workspace::scratch("documents-test/x")?.with_file_name("");
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("in"))?;
        for name in ["b.md", "c.txt", "in/a.md"] {
            fs::write(dir.join(name), "")?;
        }
        assert_eq!(below(&dir)?, [dir.join("b.md"), dir.join("in/a.md")]);
        Ok(())
    }

    #[test]
    fn documents_about_other_packages_have_their_own_app() {
        let document = |name: &str| Document { name: name.to_owned(), blocks: Vec::new() };
        assert_eq!((document("docs/libraries/swr.md").app(), document("docs/libraries/swr.md").is_built()), ("examples/libraries", true));
        assert_eq!((document("docs/testing.md").app(), document("docs/testing.md").is_built()), ("examples/testing", true));
        assert_eq!((document("docs/react.md").app(), document("docs/react.md").is_built()), ("www", false));
    }

    #[test]
    fn a_block_without_imports_goes_on() {
        let text = "```ts\nimport \"a\";\n```\n```ts\nlet a;\n```\n```ts\n// lib/a.ts\nlet a;\n```\n```html\n<p>\n```\n";
        let blocks = blocks(text).expect("it can be read");
        assert_eq!(blocks.iter().map(Block::goes_on).collect::<Vec<_>>(), [false, true, false, false]);
        let document = Document { name: "a.md".to_owned(), blocks };
        assert_eq!(document.modules(), [0, 0, 2, 3]);
        let blocks = document.blocks;
        assert_eq!((blocks[2].file.as_deref(), blocks[2].line, blocks[2].code.as_str()), (Some("lib/a.ts"), 9, "let a;\n"));
    }

    #[test]
    fn a_module_goes_on_after_a_page_and_statements_of_sql() {
        let text = "```ts\nlet a;\n```\n```sql\nSELECT 1;\n```\n```html\n<p>\n```\n```js\nlet b;\n```\n```tsx\nimport \"c\";\n```\n";
        let document = Document { name: "a.md".to_owned(), blocks: blocks(text).expect("it can be read") };
        assert_eq!(document.modules(), [0, 1, 2, 0, 4]);
        assert!(!document.blocks[1].is_compiled());
        assert_eq!(
            document.json()["blocks"][3],
            json!({ "line": 11, "language": "js", "code": "let b;\n", "file": null, "given": null, "module": 0 })
        );
    }

    #[test]
    fn blocks_that_would_not_be_compiled_are_errors() {
        for text in ["```typescript\n```\n", "```ts draft\n```\n", "```ts\n", "<!-- given: a\n", "<!-- given: a -->\ntext\n"] {
            assert!(blocks(text).is_err(), "{text}");
        }
        assert_eq!(blocks("```\nany text\n```\n").expect("it can be read"), []);
    }

    #[test]
    fn scripts_of_a_page_are_found_with_their_lines() {
        let html = "<p>\n<script src=\"a.js\"></script>\n<script type=\"module\">\n  a();\n</script>\n<script>b()</script>";
        assert_eq!(scripts(html), [(2, "\n  a();\n".to_owned()), (5, "b()".to_owned())]);
    }
}
