//! The parts of documents that commands write: from `<!-- NAME: COMMAND -->` to `<!-- /NAME -->`.
//!
//! Must not know what a part says.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace;

/// Returns the part of a document between its marks. `mark` is the name, a colon and the command.
pub(crate) fn read(document: &str, mark: &str) -> Result<String> {
    let text = text(document)?;
    let (start, end) = between(&text, mark).with_context(|| document.to_owned())?;
    Ok(text[start..end].to_owned())
}

/// Writes the part of a document between its marks.
pub(crate) fn write(document: &str, mark: &str, part: &str) -> Result<()> {
    let text = text(document)?;
    let (start, end) = between(&text, mark).with_context(|| document.to_owned())?;
    let changed = format!("{}{part}{}", &text[..start], &text[end..]);
    fs::write(workspace::root().join(document), changed).with_context(|| format!("writing {document}"))
}

fn text(document: &str) -> Result<String> {
    fs::read_to_string(workspace::root().join(document)).with_context(|| format!("reading {document}"))
}

fn between(text: &str, mark: &str) -> Result<(usize, usize)> {
    let (open, close) = (format!("<!-- {mark} -->"), end(mark));
    let start = text.find(&open).with_context(|| format!("the mark {open} is missing"))? + open.len();
    let end = text[start..].find(&close).with_context(|| format!("the mark {close} is missing"))?;
    Ok((start, start + end))
}

/// Returns the mark at the end.
pub(crate) fn end(mark: &str) -> String {
    format!("<!-- /{} -->", mark.split(':').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_between_the_marks_is_found() {
        let text = "a<!-- sizes: x -->b<!-- /sizes -->c";
        let (start, end) = between(text, "sizes: x").expect("both");
        assert_eq!(&text[start..end], "b");
        assert!(between("a", "sizes: x").is_err() && between(&text[..text.len() - 5], "sizes: x").is_err());
    }
}
