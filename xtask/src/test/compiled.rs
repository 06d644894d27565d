//! Compiles the code in the documents with TypeScript.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use super::part::Ran;
use crate::documents::{self, Document, scripts};
use crate::{npm, run, workspace};

/// Compiles each block, and compares blocks that name a file of an app with that file. Counts blocks.
pub(crate) fn documents() -> Result<Ran> {
    npm::ensure_packages(&workspace::pkg())?;
    let mut ran = Ran::default();
    for document in documents::all()? {
        let mut wrong = unlike_the_app(&document)?;
        wrong.extend(compile(&document)?);
        let compiled = document.blocks.iter().filter(|block| block.is_compiled()).count();
        let failed = wrong.len().min(compiled) as u64;
        ran = ran.and(Ran { passed: compiled as u64 - failed, failed, output: wrong.concat() });
    }
    Ok(ran)
}

/// Returns an error for each block that differs from its file.
fn unlike_the_app(document: &Document) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for block in &document.blocks {
        let Some(file) = &block.file else { continue };
        let file = format!("{}/{file}", document.app());
        let path = workspace::root().join(&file);
        let text = fs::read_to_string(&path).with_context(|| format!("{}:{}: {file}", document.name, block.line))?;
        let differs = text.lines().zip(block.code.lines()).take_while(|(a, b)| a == b).count();
        if text != block.code {
            wrong.push(format!("{}:{}: the block differs from {file}: make them equal\n", document.name, block.line + differs));
        }
    }
    Ok(wrong)
}

/// Returns the compiler's errors, one each, with the lines of the document.
fn compile(document: &Document) -> Result<Vec<String>> {
    let dir = workspace::scratch(&format!("documents/{}/x", document.name))?.with_file_name("");
    let _ = fs::remove_dir_all(&dir);
    let sources = Sources::of(document);
    if sources.files.is_empty() {
        return Ok(Vec::new());
    }
    for (file, lines) in &sources.files {
        let path = dir.join(file);
        fs::create_dir_all(path.parent().unwrap_or(&dir))?;
        fs::write(&path, lines.iter().map(|(_, line)| format!("{line}\n")).collect::<String>())?;
    }
    fs::write(dir.join("tsconfig.json"), config().to_string())?;
    let finished = run::captured(npm::program(&workspace::pkg(), "tsc").args(["--pretty", "false", "--project"]).arg(&dir))?;
    let mut wrong: Vec<String> = Vec::new();
    for line in finished.stdout.lines() {
        match wrong.last_mut() {
            // An indented line continues the error before it.
            Some(last) if line.starts_with(' ') => *last += &format!("{line}\n"),
            _ => wrong.push(format!("{}\n", sources.located(line, &dir, document))),
        }
    }
    if !finished.success && wrong.is_empty() {
        wrong.push(finished.stderr);
    }
    Ok(wrong)
}

/// The generated file that declares what a `<script>` of the package sets.
const GLOBAL: &str = "script.d.ts";

/// Generated files by their path; each line has its line number in the document.
#[derive(Default)]
struct Sources {
    files: BTreeMap<PathBuf, Vec<(usize, String)>>,
}

impl Sources {
    fn of(document: &Document) -> Self {
        let mut sources = Self::default();
        for (block, module) in document.blocks.iter().zip(document.modules()) {
            if let Some((line, given)) = &block.given {
                // A file that is not a module declares its names globally.
                sources.add(&format!("given-{line}.d.ts"), *line, given);
            }
            if !block.is_compiled() {
                continue;
            }
            if block.language == "html" {
                if !sources.files.contains_key(Path::new(GLOBAL)) {
                    sources.add(GLOBAL, block.line, "declare const actionlane: typeof import(\"actionlane\");");
                }
                for (offset, code) in scripts(&block.code) {
                    let file = format!("script-{}.ts", block.line + offset);
                    sources.add(&file, block.line + offset, &code);
                    sources.add(&file, block.line, "export {};");
                }
            } else if let Some(file) = &block.file {
                if !document.is_built() {
                    sources.add(file, block.line, &block.code);
                }
            } else {
                let first = &document.blocks[module];
                let extension = if first.language.ends_with('x') { "tsx" } else { "ts" };
                let file = format!("block-{}.{extension}", first.line);
                sources.add(&file, block.line, &block.code);
                sources.add(&file, block.line, "export {};");
            }
        }
        sources
    }

    fn add(&mut self, file: &str, line: usize, code: &str) {
        let lines = code.lines().enumerate().map(|(index, code)| (line + index, code.to_owned()));
        self.files.entry(file.into()).or_default().extend(lines);
    }

    /// Rewrites an error of the compiler to the document's file and line: `README.md:12: error TS2339: …` for
    /// `…/block-10.ts(3,5): error TS2339: …`.
    fn located(&self, line: &str, dir: &Path, document: &Document) -> String {
        let of_ours = || {
            let (place, what) = line.split_once("): ")?;
            let (file, position) = place.rsplit_once('(')?;
            let name = file.rsplit_once(&*document.name).map_or(file, |(_, name)| name.trim_start_matches('/'));
            let lines = self.files.get(Path::new(name)).or_else(|| self.files.get(Path::new(file).strip_prefix(dir).ok()?))?;
            let index: usize = position.split(',').next()?.parse().ok()?;
            Some(format!("{}:{}: {what}", document.name, lines.get(index.checked_sub(1)?)?.0))
        };
        of_ours().unwrap_or_else(|| line.to_owned())
    }
}

/// Extends the configuration of `tests/types/` by the package's name, React's types, and `@/` for the app.
fn config() -> serde_json::Value {
    let pkg = workspace::pkg();
    let react = pkg.join("node_modules/@types/react");
    json!({
        "extends": workspace::root().join("tests/types/tsconfig.json"),
        "compilerOptions": {
            "jsx": "react-jsx",
            "paths": {
                "@/*": ["./*"],
                "actionlane": [pkg.join("index.d.ts")],
                "actionlane/inline": [pkg.join("index.d.ts")],
                "actionlane/lean": [pkg.join("index.d.ts")],
                "actionlane/*": [pkg.join("*.d.ts")],
                "react": [react.join("index.d.ts")],
                "react/*": [react.join("*.d.ts")],
            },
        },
        "files": [],
        "include": ["**/*"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Block;

    fn block(line: usize, language: &str, code: &str) -> Block {
        Block { line, language: language.to_owned(), code: code.to_owned(), ..Block::default() }
    }

    #[test]
    fn files_of_an_app_that_is_built_are_not_compiled_here() {
        let files = |name: &str| {
            let of_app = Block { file: Some("app/swr/page.tsx".to_owned()), ..block(5, "tsx", "import \"swr\";\n") };
            let document = Document { name: name.to_owned(), blocks: vec![of_app, block(9, "ts", "import \"a\";\n")] };
            Sources::of(&document).files.into_keys().map(|file| file.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(files("docs/libraries/swr.md"), ["block-9.ts"]);
        assert_eq!(files("docs/swr.md"), ["app/swr/page.tsx", "block-9.ts"]);
    }

    #[test]
    fn the_global_is_declared_once_for_all_pages() {
        let document = Document { name: "a.md".to_owned(), blocks: vec![block(1, "html", "<p>\n"), block(5, "html", "<p>\n")] };
        assert_eq!(Sources::of(&document).files[Path::new(GLOBAL)].len(), 1);
    }

    #[test]
    fn an_error_has_the_line_of_the_document() {
        let blocks = vec![block(10, "ts", "import \"a\";\nb();\n"), block(20, "js", "c();\nd();\n"), block(30, "tsx", "import \"e\";\n")];
        let document = Document { name: "docs/x.md".to_owned(), blocks };
        let sources = Sources::of(&document);
        let located = |line: &str| sources.located(line, Path::new("/dir"), &document);
        assert_eq!(sources.files.keys().map(|file| file.display().to_string()).collect::<Vec<_>>(), ["block-10.ts", "block-30.tsx"]);
        assert_eq!(located("../target/docs/x.md/block-10.ts(2,1): error TS1: no b"), "docs/x.md:11: error TS1: no b");
        assert_eq!(located("/dir/block-10.ts(5,1): error TS1: no d"), "docs/x.md:21: error TS1: no d");
        assert_eq!(located("error TS5058: no such path"), "error TS5058: no such path");
    }
}
