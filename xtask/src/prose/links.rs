//! Finds dead links in documents, files they name that are not here, and commands of `cargo xtask` that it does not
//! know.
//!
//! Must not use the network: links to other hosts are not followed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Source;
use crate::workspace;

/// The documents of the repository, by name: each with the anchors of its headings.
pub(crate) struct Documents<'a> {
    /// Every file of the repository that git knows, and the directories above each.
    files: &'a dyn Fn(&Path) -> bool,
    anchors: BTreeMap<&'a str, Vec<String>>,
}

impl<'a> Documents<'a> {
    /// `files`: says if a path, as seen from the repository, is a file or a directory of it.
    pub(crate) fn new(sources: &'a [Source], files: &'a dyn Fn(&Path) -> bool) -> Self {
        let documents = sources.iter().filter(|source| source.is(&[".md"]));
        Self { files, anchors: documents.map(|source| (source.name.as_str(), anchors(&source.text))).collect() }
    }

    /// The faults of one document, one per line. `is_command`: says if `cargo xtask` takes these arguments.
    pub(crate) fn faults(&self, source: &Source, is_command: &dyn Fn(&[&str]) -> Result<(), String>) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |at: usize, fault: String| {
            let line = source.text[..at].matches('\n').count() + 1;
            faults.push(format!("{}:{line}: {fault}", source.name));
        };
        let mut in_shell = false;
        for (event, range) in Parser::new_ext(&source.text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    if let Some(wrong) = self.dead(source, &dest_url) {
                        fault(range.start, wrong);
                    }
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    in_shell = matches!(kind, pulldown_cmark::CodeBlockKind::Fenced(info) if &*info == "sh");
                }
                Event::End(TagEnd::CodeBlock) => in_shell = false,
                Event::Code(code) if !self.names_a_file(&code) => fault(range.start, format!("no file `{code}`")),
                Event::Code(code) => faults_of_command(&code, is_command).into_iter().for_each(|wrong| fault(range.start, wrong)),
                Event::Text(text) if in_shell => {
                    let lines = text.lines().flat_map(|line| faults_of_command(line, is_command));
                    lines.for_each(|wrong| fault(range.start, wrong));
                }
                _ => {}
            }
        }
        faults
    }

    /// The reason why a link leads nowhere.
    fn dead(&self, source: &Source, url: &str) -> Option<String> {
        if url.contains("://") || url.starts_with("mailto:") {
            return None;
        }
        let (path, anchor) = url.split_once('#').map_or((url, None), |(path, anchor)| (path, Some(anchor)));
        let target = if path.is_empty() { PathBuf::from(&source.name) } else { workspace::joined(Path::new(&source.name), path) };
        if !(self.files)(&target) {
            return Some(format!("a dead link: no file {url}"));
        }
        let name = target.to_string_lossy().into_owned();
        let anchors = self.anchors.get(name.as_str());
        let is_there = |anchor: &str| anchors.is_some_and(|anchors| anchors.iter().any(|known| known == anchor));
        anchor.filter(|anchor| !is_there(anchor)).map(|anchor| format!("a dead link: {name} has no heading #{anchor}"))
    }

    /// False if a piece of code is written as a path of this repository, and none is here.
    fn names_a_file(&self, code: &str) -> bool {
        let ours = OURS.iter().any(|dir| code.starts_with(dir));
        let is_pattern = code.contains(['*', '{', '<', ' ', '…']);
        let is_made = MADE.iter().any(|made| code.starts_with(made));
        !ours || is_pattern || is_made || (self.files)(Path::new(code.trim_end_matches('/')))
    }
}

/// The directories of this repository.
const OURS: [&str; 7] = ["src/", "pkg/", "xtask/", "tests/", "docs/", "examples/", "www/"];

/// Files that are built or fetched: they are not in the repository. The last is of Next.js.
const MADE: [&str; 5] = ["pkg/wasm", "pkg/dist", "actionlane.js", "actionlane.full.js", "middleware.js"];

/// The files that the comments of a file of code name, in backquotes, and that are not here: by their path from the
/// repository, or by their name alone. A name with a hyphen is a file of Next.js or of React.
pub(crate) fn missing_files(source: &Source, files: &dyn Fn(&Path) -> bool, names: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        let Some(comment) = line.find("//").or_else(|| line.trim_start().starts_with('*').then_some(0)) else { continue };
        if line[..comment].matches('"').count() % 2 == 1 {
            continue; // in a string
        }
        for code in line[comment..].split('`').skip(1).step_by(2) {
            let is_path = code.chars().all(|sign| sign.is_ascii_alphanumeric() || "/._".contains(sign));
            let is_file = is_path && [".rs", ".js", ".mjs", ".md"].iter().any(|kind| code.ends_with(kind) && code.len() > kind.len());
            let is_here = if code.contains('/') { files(Path::new(code)) } else { names(code) };
            let ours = !code.contains('/') || OURS.iter().any(|dir| code.starts_with(dir));
            if is_file && ours && !is_here && !MADE.iter().any(|made| code.starts_with(made)) {
                faults.push(format!("{}:{number}: no file `{code}`", source.name));
            }
        }
    }
    faults
}

fn faults_of_command(code: &str, is_command: &dyn Fn(&[&str]) -> Result<(), String>) -> Option<String> {
    let arguments = code.trim().strip_prefix("cargo xtask")?;
    let arguments = arguments.split(['#', '|', '>', '&']).next().unwrap_or_default();
    let words: Vec<_> = arguments.split_whitespace().collect();
    // "cargo xtask" alone, and forms such as `cargo xtask <command>`.
    if words.is_empty() || arguments.contains(['<', '…', '[']) || words.contains(&"--help") {
        return None;
    }
    is_command(&words).err().map(|why| format!("`{}`: {}", code.trim(), why.lines().next().unwrap_or_default()))
}

/// The anchors that GitHub gives to the headings of a document, and those it declares.
fn anchors(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    let mut heading: Option<String> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(piece) | Event::Code(piece) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&piece);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                let count = anchors.iter().filter(|known| **known == slug).count();
                anchors.push(if count == 0 { slug } else { format!("{slug}-{count}") });
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let ids = html.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned));
                anchors.extend(ids.collect::<Vec<_>>());
            }
            _ => {}
        }
    }
    anchors
}

/// A heading as an anchor: lower case, hyphens for spaces, no other signs.
fn slug(heading: &str) -> String {
    let keep = |sign: char| match sign {
        ' ' => Some('-'),
        '-' | '_' => Some(sign),
        sign if sign.is_alphanumeric() => sign.to_lowercase().next(),
        _ => None,
    };
    heading.trim().chars().filter_map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let source = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
        let sources = [source("docs/a.md", text), source("docs/b.md", "# One `two`\n\n# One two\n")];
        let is_file = |path: &Path| ["docs/a.md", "docs/b.md", "docs", "src/lib.rs"].iter().any(|known| path == Path::new(known));
        let is_command = |words: &[&str]| if words[0] == "test" { Ok(()) } else { Err("unknown\nmore".to_owned()) };
        Documents::new(&sources, &is_file).faults(&sources[0], &is_command)
    }

    #[test]
    fn links_lead_to_files_and_headings() {
        let text = "# Here\n\n[a](b.md) [b](b.md#one-two-1) [c](../docs/b.md#one-two) [d](#here) [e](https://x.y/z) ![f](../src/lib.rs)";
        assert_eq!(faults(text), [""; 0]);
    }

    #[test]
    fn dead_links_are_found() {
        assert_eq!(faults("a\n\n[a](c.md)"), ["docs/a.md:3: a dead link: no file c.md"]);
        assert_eq!(faults("[a](b.md#three)"), ["docs/a.md:1: a dead link: docs/b.md has no heading #three"]);
        assert_eq!(faults("[a](#three)").len(), 1);
    }

    #[test]
    fn files_in_code_are_here() {
        assert_eq!(faults("`src/lib.rs`, `docs/`, `src/*.rs`, `pkg/wasm/a.js`, `other/file.rs`"), [""; 0]);
        assert_eq!(faults("`src/gone.rs`"), ["docs/a.md:1: no file `src/gone.rs`"]);
    }

    #[test]
    fn files_in_comments_are_here() {
        let missing = |text: &str| {
            let source = Source { name: "a.rs".to_owned(), text: text.to_owned() };
            missing_files(&source, &|path| path == Path::new("src/lib.rs"), &|name| name == "row.rs")
        };
        assert_eq!(missing("// See `src/lib.rs`, `row.rs`, `app-index.js`, `next/dist/a.js`, `x.y`.\nlet a = \"`gone.rs`\";"), [""; 0]);
        assert_eq!(missing("/// See `gone.rs`.\n * `src/gone.js`"), ["a.rs:1: no file `gone.rs`", "a.rs:2: no file `src/gone.js`"]);
    }

    #[test]
    fn commands_are_known() {
        assert_eq!(
            faults("`cargo xtask test --only x`, `cargo xtask`, `cargo xtask <command>`\n```sh\ncargo xtask test # all\n```"),
            [""; 0]
        );
        assert_eq!(faults("`cargo xtask tset`"), ["docs/a.md:1: `cargo xtask tset`: unknown"]);
        assert_eq!(faults("```sh\ncargo xtask tset\n```").len(), 1);
    }
}
