//! `cargo xtask site`: README.md and docs/ as pages with a search.
//!
//! Must not change a page: the site shows the documents as they are packed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::handbook::{self, FIRST, Page};
use crate::run::{command, quiet};
use crate::step::{note, step};
use crate::{tools, workspace};

/// Makes README.md and docs/ into pages with a search, in target/site/
///
/// Needs no network to be read: any server of files can show it. Fails if a link leads nowhere. Installs mdBook at
/// first, which takes some minutes.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    let checked = make()?;
    note(&format!("{checked} links lead to a page of the site"));
    println!("{}", workspace::shown(&out().join("index.html")));
    Ok(())
}

fn out() -> PathBuf {
    workspace::target().join("site")
}

/// Makes the site. Returns the number of links that were checked.
pub(crate) fn make() -> Result<usize> {
    tools::ensure_mdbook()?;
    let book = workspace::scratch("site/book.toml")?;
    let source = book.with_file_name("src");
    let _ = fs::remove_dir_all(&source);
    let pages = handbook::pages()?;
    for page in &pages {
        put(&source, &in_site(&page.name), handbook::placed(&page.name, &page.text, place).as_bytes())?;
    }
    for name in handbook::files()?.iter().filter(|name| !pages.iter().any(|page| page.name == **name)) {
        put(&source, name, &fs::read(workspace::root().join(name)).with_context(|| format!("reading {name}"))?)?;
    }
    put(&source, "SUMMARY.md", summary(&pages).as_bytes())?;
    fs::write(&book, format!("{BOOK}build-dir = {:?}\n", out().display().to_string())).context("writing book.toml")?;
    let _ = fs::remove_dir_all(out());
    let mut mdbook = command(tools::program("mdbook"), book.parent().unwrap_or(&book));
    step("making the site", || quiet(mdbook.arg("build")))?;
    let (checked, dead) = dead_links(&out())?;
    ensure!(dead.is_empty(), "{}", dead.join("\n"));
    ensure!(checked > 0, "the site has no links");
    Ok(checked)
}

/// Configuration of mdBook.
const BOOK: &str = "[book]\ntitle = \"Actionlane\"\nlanguage = \"en\"\nsrc = \"src\"\n\n[output.html.search]\nenable = true\n\n\
    [output.html.print]\nenable = false\n\n[build]\n\
    create-missing = false\n";

fn put(source: &Path, name: &str, text: &[u8]) -> Result<()> {
    let file = source.join(name);
    fs::create_dir_all(file.parent().unwrap_or(source))?;
    fs::write(&file, text).with_context(|| format!("writing {}", workspace::shown(&file)))
}

/// Returns the place of a page. The first page of a directory is its index.
fn in_site(name: &str) -> String {
    name.strip_suffix(FIRST).map_or_else(|| name.to_owned(), |dir| format!("{dir}index.md"))
}

/// Returns the place of a file that a page links, if it is in the site.
fn place(target: &str) -> Option<String> {
    let is_ours = target == FIRST || target.starts_with("docs/");
    is_ours.then(|| in_site(target))
}

/// Returns mdBook's list of the pages.
fn summary(pages: &[Page]) -> String {
    let mut text = "# Summary\n\n".to_owned();
    for page in pages {
        let indent = if page.name.matches('/').count() > 1 && !page.name.ends_with(FIRST) { "  " } else { "" };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{indent}- [{}]({})", page.title, in_site(&page.name));
    }
    text
}

/// Returns the number of links in the pages of a directory, and those that lead nowhere: to no file, or to no place in
/// it.
fn dead_links(root: &Path) -> Result<(usize, Vec<String>)> {
    let files: BTreeSet<PathBuf> = handbook::below(root)?.into_iter().collect();
    let (mut checked, mut dead) = (0, Vec::new());
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "html")) {
        let html = fs::read_to_string(file)?;
        for url in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            // Links between pages are relative; others stand in code.
            if url.contains(':') || url.is_empty() || url.starts_with('/') {
                continue;
            }
            checked += 1;
            let (path, place) = url.split_once('#').unwrap_or((url, ""));
            let target = if path.is_empty() { file.clone() } else { workspace::joined(file, path.trim_end_matches('/')) };
            let target = if target.is_dir() { target.join("index.html") } else { target };
            let is_there = files.contains(&target)
                && (place.is_empty() || fs::read_to_string(&target).is_ok_and(|text| text.contains(&format!("id=\"{place}\""))));
            if !is_there {
                dead.push(format!("{}: a dead link: {url}", workspace::shown(file)));
            }
        }
    }
    Ok((checked, dead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_pages_are_the_first_of_their_directory() {
        assert_eq!(in_site("README.md"), "index.md");
        assert_eq!(in_site("docs/libraries/README.md"), "docs/libraries/index.md");
        assert_eq!(place("docs/libraries/README.md").as_deref(), Some("docs/libraries/index.md"));
        assert_eq!((place("src/lib.rs"), place("docs/a.svg").as_deref()), (None, Some("docs/a.svg")));
    }

    #[test]
    fn dead_links_of_pages_are_found() -> Result<()> {
        let dir = workspace::scratch("site-test/a.html")?.with_file_name("");
        fs::write(dir.join("a.html"), "<a href=\"b.html#x\"><a href=\"b.html#y\"><a href=\"c.html\"><a href=\"https://d.e\">")?;
        fs::write(dir.join("b.html"), "<h1 id=\"x\">")?;
        let (checked, dead) = dead_links(&dir)?;
        assert_eq!((checked, dead.len()), (3, 2), "{dead:?}");
        Ok(())
    }
}
