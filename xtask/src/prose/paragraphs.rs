//! Finds the prose of a file: paragraphs of its comments, or of a Markdown document.
//!
//! Must not judge: `style` does.

use super::Source;

/// Sentences that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paragraph {
    /// The number of its first line, from 1.
    pub(crate) line: usize,
    /// Its text on one line, each piece of inline code being `x`.
    pub(crate) text: String,
    /// True for a heading.
    pub(crate) is_heading: bool,
}

/// The paragraphs of a file, in order. Fenced code, tables' rules and tags of JSDoc are left out.
pub(crate) fn paragraphs(source: &Source) -> Vec<Paragraph> {
    let lines: Vec<Line<'_>> = if source.is(&[".md"]) { source.text.lines().map(Line::Prose).collect() } else { comment_lines(source) };
    let mut found = Vec::new();
    let mut fenced = false;
    let mut open = Paragraph::default();
    for (number, line) in (1..).zip(lines) {
        let text = match line {
            Line::Code => {
                fenced = false;
                close(&mut open, &mut found);
                continue;
            }
            Line::After(text) => {
                close(&mut open, &mut found);
                found.push(Paragraph { line: number, text: without_code(text), is_heading: false });
                continue;
            }
            Line::Prose(text) => text.trim(),
        };
        if text.starts_with("```") {
            fenced = !fenced;
            close(&mut open, &mut found);
            continue;
        }
        if fenced || text.starts_with("<!--") {
            continue;
        }
        if text.is_empty() || text.starts_with(['|', '#', '>']) || item(text) != text {
            close(&mut open, &mut found);
        }
        if text.is_empty() || text.trim_matches(['|', '-', ':', ' ']).is_empty() {
            continue;
        }
        if let Some(row) = text.strip_prefix('|') {
            let cells = row.split('|').map(|cell| without_code(cell.trim())).filter(|cell| !cell.is_empty());
            found.extend(cells.map(|text| Paragraph { line: number, text, is_heading: true }));
            continue;
        }
        if open.text.is_empty() {
            open = Paragraph { line: number, text: String::new(), is_heading: text.starts_with('#') };
        } else {
            open.text.push(' ');
        }
        open.text.push_str(item(text).trim_start_matches(['#', '>', ' ']));
        if open.is_heading {
            close(&mut open, &mut found);
        }
    }
    close(&mut open, &mut found);
    found
}

fn close(open: &mut Paragraph, found: &mut Vec<Paragraph>) {
    let closed = std::mem::take(open);
    if !closed.text.is_empty() {
        found.push(Paragraph { text: without_code(&closed.text), ..closed });
    }
}

/// A line of the text of an item of a list, or after a tag of JSDoc, without the sign before it.
fn item(line: &str) -> &str {
    if let Some(rest) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return rest;
    }
    if let Some((number, rest)) = line.split_once(". ")
        && number.chars().all(|digit| digit.is_ascii_digit())
    {
        return rest;
    }
    if let Some(tag) = line.strip_prefix('@') {
        let rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
        // The type, and the name of a parameter.
        let rest = if rest.starts_with('{') { rest.rsplit_once('}').map_or("", |(_, rest)| rest.trim_start()) } else { rest };
        return if tag.starts_with("param ") { rest.split_once(' ').map_or("", |(_, rest)| rest) } else { rest };
    }
    line
}

/// A line of a file of code.
enum Line<'a> {
    Code,
    /// The text of a line that is a comment, without the signs around it.
    Prose(&'a str),
    /// The text of a comment after code.
    After(&'a str),
}

fn comment_lines(source: &Source) -> Vec<Line<'_>> {
    let mut in_block = false;
    let line = |line| {
        let trimmed: &str = line;
        let trimmed = trimmed.trim();
        if in_block {
            in_block = !trimmed.ends_with("*/");
            return Line::Prose(trimmed.trim_end_matches("*/").trim_start_matches('*'));
        }
        if source.is(&[".toml"]) {
            return trimmed.strip_prefix('#').map_or(Line::Code, Line::Prose);
        }
        if let Some(text) = ["//!", "///", "//"].iter().find_map(|sign| trimmed.strip_prefix(sign)) {
            return Line::Prose(text);
        }
        if let Some(text) = trimmed.strip_prefix("/*") {
            in_block = !trimmed.contains("*/");
            return Line::Prose(text.trim_start_matches(['*', '!']).trim_end_matches("*/"));
        }
        after_code(trimmed).map_or(Line::Code, Line::After)
    };
    source.text.lines().map(line).collect()
}

/// The comment after the code of a line. A `//` in a string is none.
fn after_code(line: &str) -> Option<&str> {
    let (code, comment) = line.split_once(" // ")?;
    let in_string = ['"', '`'].iter().any(|quote| code.matches(*quote).count() % 2 == 1);
    (!in_string).then_some(comment)
}

/// `text` without comments of HTML, each piece of inline code and each address being `x`.
fn without_code(text: &str) -> String {
    let mut shown = String::new();
    let mut pieces = text.split("<!--");
    let first = pieces.next().unwrap_or_default().to_owned();
    let text = pieces.fold(first, |text, piece| text + piece.split_once("-->").map_or("", |(_, rest)| rest));
    for (index, piece) in text.split('`').enumerate() {
        shown.push_str(if index % 2 == 0 { piece } else { "x" });
    }
    let words = shown.split(' ').map(|word| if word.contains("://") { "x" } else { word });
    words.collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str, text: &str) -> Vec<(usize, String)> {
        let source = Source { name: name.to_owned(), text: text.to_owned() };
        paragraphs(&source).into_iter().map(|found| (found.line, found.text)).collect()
    }

    fn told(line: usize, text: &str) -> (usize, String) {
        (line, text.to_owned())
    }

    #[test]
    fn comments_of_rust_are_paragraphs() {
        let text = "//! Opens.\n\n/// Reads `a b`,\n/// slowly.\n///\n/// - One.\n/// ```\n/// code();\n/// ```\nfn a() {} // Ends.\nlet b = \"x // y\";";
        let expected = [told(1, "Opens."), told(3, "Reads x, slowly."), told(6, "One."), told(10, "Ends.")];
        assert_eq!(texts("a.rs", text), expected);
    }

    #[test]
    fn comments_of_javascript_are_paragraphs() {
        let text = "/** Sends. */\nf();\n/**\n * Reads,\n * twice.\n * @param {number} size Bytes.\n * @returns {void}\n */\n/* c\n d */";
        assert_eq!(texts("a.js", text), [told(1, "Sends."), told(4, "Reads, twice."), told(6, "Bytes."), told(9, "c d")]);
    }

    #[test]
    fn documents_are_paragraphs() {
        let text =
            "# A `b`\nOne\ntwo.\n\n- Three\n  four.\n- Five.\n\n| a | b |\n|---|---|\n| c | `d` |\n```ts\ncode\n```\n<!-- given -->\n";
        let expected = [told(1, "A x"), told(2, "One two."), told(5, "Three four."), told(7, "Five."), told(9, "a")];
        assert_eq!(texts("a.md", text)[..5], expected);
        assert_eq!(texts("a.md", text)[5..], [told(9, "b"), told(11, "c"), told(11, "x")]);
    }

    #[test]
    fn comments_of_html_are_no_prose() {
        assert_eq!(texts("a.md", "One <!-- sizes: a -->two<!-- /sizes -->."), [told(1, "One two.")]);
    }

    #[test]
    fn comments_of_manifests_are_paragraphs() {
        assert_eq!(texts("a.toml", "# Size first.\n[a]\nb = 1\n"), [told(1, "Size first.")]);
    }
}
