//! README.md and docs/ as one book: its pages in the order in which people read them, their links in other places, and
//! the list of the pages for programs, `llms.txt`.
//!
//! Must not know a page by name: the links of README.md, and of every README.md that it links, give the order.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::stamp::entries;
use crate::workspace;

/// A page of the book.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path, as seen from the repository.
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// The first page.
pub(crate) const FIRST: &str = "README.md";

/// Returns README.md and every page of docs/, in reading order. Fails if a page is linked from none of the lists.
pub(crate) fn pages() -> Result<Vec<Page>> {
    let mut pages = vec![page(FIRST.to_owned())?];
    let mut lists = vec![0];
    while let Some(list) = lists.pop() {
        let found = links(&pages[list].text).into_iter().filter_map(|link| target(&pages[list].name, &link.url)).collect::<Vec<_>>();
        let mut at = list + 1;
        for name in found {
            if !is_page(&name) || pages.iter().any(|page| page.name == name) {
                continue;
            }
            pages.insert(at, page(name)?);
            at += 1;
        }
        lists = (0..pages.len()).filter(|&index| index > list && pages[index].name.ends_with(FIRST)).collect();
    }
    let known: BTreeSet<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    let files =
        below(&workspace::root().join("docs"))?.into_iter().map(|file| workspace::shown(&file)).filter(|name| name.ends_with(".md"));
    let missing: Vec<String> = files.filter(|name| !known.contains(name.as_str())).collect();
    ensure!(missing.is_empty(), "README.md links neither of these pages, nor does a README.md of docs/: {}", missing.join(", "));
    Ok(pages)
}

fn is_page(name: &str) -> bool {
    name.starts_with("docs/") && name.ends_with(".md")
}

fn page(name: String) -> Result<Page> {
    let text = fs::read_to_string(workspace::root().join(&name)).with_context(|| format!("reading {name}"))?;
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).with_context(|| format!("{name} has no title"))?;
    Ok(Page { title: title.replace('`', ""), text, name })
}

/// Returns every file of docs/, relative to the repository: pages, and the images in them.
pub(crate) fn files() -> Result<Vec<String>> {
    Ok(below(&workspace::root().join("docs"))?.iter().map(|file| workspace::shown(file)).collect())
}

/// Returns the files in a directory and in those below it.
pub(crate) fn below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in entries(dir)? {
        if entry.is_dir() {
            found.extend(below(&entry)?);
        } else {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Returns the list of the pages for programs that read documents: their titles, and the first sentence of each.
pub(crate) fn for_programs(pages: &[Page]) -> String {
    let mut text = String::new();
    for (index, page) in pages.iter().enumerate() {
        let opening = opening(&page.text);
        // Writing to a `String` cannot fail.
        let _ = if index == 0 {
            write!(text, "# {}\n\n> {opening}\n\n## Documents\n\n- [{FIRST}]({FIRST})\n", page.title)
        } else {
            writeln!(text, "- [{}]({}): {opening}", page.title, page.name)
        };
    }
    text + "- [Types of every option](index.d.ts)\n- [Changes](CHANGELOG.md)\n"
}

/// Returns the first sentence below the title, as plain text.
fn opening(text: &str) -> String {
    let mut said = String::new();
    let mut is_open = false;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Paragraph) => is_open = true,
            Event::End(TagEnd::Paragraph) if !said.is_empty() => break,
            Event::Text(piece) | Event::Code(piece) if is_open => said += &piece,
            Event::SoftBreak if is_open => said.push(' '),
            _ => {}
        }
    }
    match said.find(". ") {
        Some(end) => said[..=end].to_owned(),
        None => said.trim_end_matches(':').to_owned(),
    }
}

/// A link or an image of a document.
struct Link {
    url: String,
    /// The whole link, and the text or the image that it shows.
    range: Range<usize>,
    shown: Range<usize>,
}

/// Returns the links to other files, in order.
fn links(text: &str) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else { continue };
        let source = &text[range.clone()];
        let (Some(open), Some(close)) = (source.find('['), source.rfind("](")) else { continue };
        if !dest_url.contains("://") && !dest_url.starts_with(['#', 'm']) {
            let shown = range.start + open + 1..range.start + close;
            found.push(Link { url: dest_url.into_string(), range, shown });
        }
    }
    found
}

/// Returns the file that a link leads to, as seen from the repository.
fn target(name: &str, url: &str) -> Option<String> {
    let path = url.split('#').next().filter(|path| !path.is_empty())?;
    Some(workspace::joined(Path::new(name), path).display().to_string())
}

/// Returns the document for another place: each link leads to the file that `place` gives for its target, with that
/// path as seen from the root of the place. A link to a file without a place becomes plain text.
pub(crate) fn placed(name: &str, text: &str, place: impl Fn(&str) -> Option<String>) -> String {
    let mut placed = String::new();
    let mut at = 0;
    let up = "../".repeat(name.matches('/').count());
    for Link { url, range, shown } in links(text) {
        if range.start < at {
            continue; // an image inside a link
        }
        placed += &text[at..range.start];
        at = range.end;
        let anchor = url.find('#').map_or("", |anchor| &url[anchor..]);
        match target(name, &url).and_then(|target| place(&target)) {
            Some(path) => placed += &format!("{}]({up}{path}{anchor})", &text[range.start..shown.end]),
            None => placed += &text[shown],
        }
    }
    placed + &text[at..]
}

/// Returns the links of a placed document that lead to none of the files of the place.
pub(crate) fn dead(name: &str, text: &str, is_file: impl Fn(&str) -> bool) -> Vec<String> {
    let is_dead = |url: &str| target(name, url).is_some_and(|target| !is_file(&target));
    links(text).into_iter().map(|link| link.url).filter(|url| is_dead(url)).map(|url| format!("{name}: a dead link: {url}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_move_with_their_document() {
        let place = |target: &str| match target {
            "docs/b.md" | "docs/x.svg" => Some(target.to_owned()),
            "pkg/index.d.ts" => Some("index.d.ts".to_owned()),
            _ => None,
        };
        let text = "[a](b.md#c) ![p](x.svg) [`t`](../pkg/index.d.ts) [gone](../src/lib.rs), [far](https://a.b/c) [here](#a)";
        let moved = "[a](../docs/b.md#c) ![p](../docs/x.svg) [`t`](../index.d.ts) gone, [far](https://a.b/c) [here](#a)";
        assert_eq!(placed("docs/a.md", text, place), moved);
        assert_eq!(dead("docs/a.md", moved, |file| file != "index.d.ts"), ["docs/a.md: a dead link: ../index.d.ts"]);
    }

    #[test]
    fn the_opening_is_a_sentence_of_plain_text() {
        assert_eq!(opening("# Title\n\nOne `two`\n[three](a.md). Four.\n"), "One two three.");
        assert_eq!(opening("# Title\n\n- an item\n\nOne:\n\n- two\n"), "One");
    }

    #[test]
    fn every_page_is_in_the_book_once() -> Result<()> {
        let pages = pages()?;
        let names: BTreeSet<&str> = pages.iter().map(|page| page.name.as_str()).collect();
        assert_eq!((pages[0].name.as_str(), names.len()), (FIRST, pages.len()));
        assert!(for_programs(&pages).contains("- [Errors](docs/errors.md): "));
        Ok(())
    }
}
