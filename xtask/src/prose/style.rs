//! Holds prose to what CONTRIBUTING.md asks of plain English, as far as a program can tell.

use super::Source;
use super::paragraphs::{Paragraph, paragraphs};

/// The longest line of a comment, a document or a type declaration, in columns.
const COLUMNS: usize = 120;

/// The longest line of code in a document, as of `max_width` in rustfmt.toml.
const CODE_COLUMNS: usize = 140;

/// The longest sentence, in words.
const WORDS: usize = 40;

/// Words that no comment and no paragraph begins with: it begins with a verb, or names the thing.
pub(crate) const OPENINGS: [&str; 14] =
    ["what", "how", "whether", "who", "whoever", "whom", "whose", "whatever", "which", "whichever", "however", "nobody", "wherever", "why"];

/// Words for which a plainer one exists.
const RIDDLES: [(&str, &str); 14] = [
    ("nobody", "name who does not, or use the passive"),
    ("whoever", "name who"),
    ("whomever", "name who"),
    ("whatever", "name the thing"),
    ("whichever", "name the thing"),
    ("so and so", "say how many"),
    ("is to be", "\"must be\", or the verb alone"),
    ("are to be", "\"must be\", or the verb alone"),
    ("in earnest", "say what is done"),
    ("in the place of", "\"instead of\""),
    ("is dear", "\"is expensive\""),
    ("anew", "\"again\""),
    ("thereof", "name the thing"),
    ("whereby", "\"by which\""),
];

/// The faults in the style of a file, one per line.
pub(crate) fn faults(source: &Source) -> Vec<String> {
    let mut faults = long_lines(source);
    let paragraphs = paragraphs(source);
    faults.extend(paragraphs.iter().flat_map(|paragraph| of_paragraph(paragraph).into_iter().map(|fault| (paragraph.line, fault))));
    faults.extend(test_names(source));
    if source.name == "CHANGELOG.md" {
        faults.extend(changes(&source.text));
    }
    faults.sort();
    faults.into_iter().map(|(line, fault)| format!("{}:{line}: {fault}", source.name)).collect()
}

fn of_paragraph(paragraph: &Paragraph) -> Vec<String> {
    let text = &paragraph.text;
    let lower = text.to_lowercase();
    let mut faults = Vec::new();
    let first = lower.split(|sign: char| !sign.is_alphabetic()).next().unwrap_or_default();
    if OPENINGS.contains(&first) && text.starts_with(char::is_uppercase) && !paragraph.is_heading && !text.ends_with('?') {
        faults.push(format!("begins with \"{first}\": begin with a verb, or name the thing"));
    }
    for (word, instead) in RIDDLES {
        if has_words(&lower, word) {
            faults.push(format!("\"{word}\": {instead}"));
        }
    }
    for sentence in sentences(text) {
        let words = sentence.split(' ').filter(|word| word.chars().any(char::is_alphanumeric)).count();
        if words > WORDS {
            let start: String = sentence.chars().take(40).collect();
            faults.push(format!("a sentence of {words} words, more than {WORDS}: one fact a sentence: \"{start}…\""));
        }
    }
    faults
}

/// True if `text` has `words` as whole words.
fn has_words(text: &str, words: &str) -> bool {
    let is_end = |sign: Option<char>| !sign.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, _)| is_end(text[..at].chars().next_back()) && is_end(text[at + words.len()..].chars().next()))
}

/// A text cut after each sign that ends a sentence or a clause of its own.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', ':', ';'])
        .scan(0, |start, piece| {
            let from = *start;
            *start += piece.len();
            Some((from, *start))
        })
        .collect::<Vec<_>>()
        .into_iter()
        .scan(0, move |start, (_, end)| {
            let ends = text[end..].starts_with(' ') || end == text.len();
            let sentence = ends.then(|| text[*start..end].trim());
            *start = if ends { end } else { *start };
            Some(sentence)
        })
        .flatten()
}

/// Comments, documents and type declarations that go beyond [`COLUMNS`]. Tables and addresses may; code in a document
/// has the width of code.
fn long_lines(source: &Source) -> Vec<(usize, String)> {
    let (is_document, is_types) = (source.is(&[".md"]), source.is(&[".d.ts"]));
    let mut is_fenced = false;
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        let text = line.trim_start();
        is_fenced ^= is_document && text.starts_with("```");
        let is_comment = ["//", "/*", "* ", "# "].iter().any(|sign| text.starts_with(sign));
        let is_prose = is_types || if is_document { !text.starts_with('|') } else { is_comment };
        let most = if is_fenced { CODE_COLUMNS } else { COLUMNS };
        let columns = line.chars().count();
        if is_prose && columns > most && !line.contains("://") {
            faults.push((number, format!("{columns} columns, more than {most}")));
        }
    }
    faults
}

/// Tests whose names begin with a word of [`OPENINGS`]: a name says what holds.
fn test_names(source: &Source) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    let mut is_test = false;
    for (number, line) in (1..).zip(source.text.lines().map(str::trim)) {
        if source.is(&[".rs"]) {
            if line.starts_with("#[") && line.contains("test") && !line.contains("cfg") {
                is_test = true;
                continue;
            }
            let name = line.trim_start_matches("async ").strip_prefix("fn ").filter(|_| is_test);
            is_test &= line.starts_with("#[") || line.starts_with("//");
            faults.extend(name.and_then(riddle_of).map(|fault| (number, fault)));
        } else if let Some(name) = line.strip_prefix("test(\"").or_else(|| line.strip_prefix("test(`")) {
            faults.extend(riddle_of(name).map(|fault| (number, fault)));
        }
    }
    faults
}

fn riddle_of(name: &str) -> Option<String> {
    let first = name.split(|sign: char| !sign.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    OPENINGS.contains(&first.as_str()).then(|| format!("a test's name begins with \"{first}\": say what holds"))
}

/// Entries of the changelog that do not begin with a verb, as in "Adds", "Fixes".
fn changes(text: &str) -> Vec<(usize, String)> {
    let entries = (1..).zip(text.lines()).filter_map(|(number, line)| Some((number, line.strip_prefix("- ")?)));
    let is_verb = |entry: &str| entry.split(' ').next().is_some_and(|word| word.starts_with(char::is_uppercase) && word.ends_with('s'));
    entries.filter(|(_, entry)| !is_verb(entry)).map(|(number, _)| (number, "begin with a verb: \"Adds\", \"Fixes\"".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(name: &str, text: &str) -> Vec<String> {
        faults(&Source { name: name.to_owned(), text: text.to_owned() })
    }

    #[test]
    fn plain_prose_has_no_faults() {
        assert_eq!(faults_of("a.rs", "/// Sends a call. `whoever` is code.\nfn a() {}\n#[test]\nfn a_call_is_sent() {}"), [""; 0]);
        assert_eq!(faults_of("a.md", "# How it works\n\nWhat is a lane?\n\nA lane is a queue.\n"), [""; 0]);
    }

    #[test]
    fn openings_are_verbs_or_names() {
        assert_eq!(faults_of("a.rs", "/// What is sent.\nfn a() {}").len(), 1);
        assert_eq!(faults_of("a.js", "let a; // Whether it is sent.").len(), 1);
        assert_eq!(faults_of("a.md", "Text.\n\nHow long it waits.\n").len(), 1);
    }

    #[test]
    fn words_of_riddles_are_found_whole() {
        assert_eq!(faults_of("a.rs", "// Tells nobody.").len(), 1);
        assert_eq!(faults_of("a.rs", "// It is to be sent to nobodys.").len(), 1);
    }

    #[test]
    fn sentences_have_an_end() {
        let words = |count: usize| "w ".repeat(count);
        assert_eq!(faults_of("a.rs", &format!("// A {}.", words(WORDS))).len(), 1);
        assert_eq!(faults_of("a.rs", &format!("// A {}: b 1.5 {}.", words(20), words(30))), [""; 0]);
        assert_eq!(sentences("One v1.2 two. Three").collect::<Vec<_>>(), ["One v1.2 two.", "Three"]);
    }

    #[test]
    fn lines_of_prose_have_an_end() {
        let long = "a".repeat(COLUMNS);
        assert_eq!(faults_of("a.rs", &format!("// {long}")).len(), 1);
        assert_eq!(faults_of("a.rs", &format!("let a = {long};")), [""; 0]);
        assert_eq!(faults_of("a.d.ts", &format!("type A = {long};")).len(), 1);
        assert_eq!(faults_of("a.md", &format!("| {long} |\n<https://{long}>\n```\n{long}a\n```")), [""; 0]);
        assert_eq!(faults_of("a.md", &format!("```\n```\n{long}a")).len(), 1);
    }

    #[test]
    fn names_of_tests_say_what_holds() {
        assert_eq!(faults_of("a.rs", "#[test]\nfn what_is_sent() {}\nfn how_long() {}").len(), 1);
        assert_eq!(faults_of("a.rs", "#[tokio::test]\n#[ignore]\nasync fn who_is_sent() {}").len(), 1);
        assert_eq!(faults_of("a.test.js", "test(\"what is sent\", () => {});\ntest(\"it is sent\", f);").len(), 1);
    }

    #[test]
    fn changes_begin_with_verbs() {
        assert_eq!(faults_of("CHANGELOG.md", "- Adds `a`.\n- New `b`.\n").len(), 1);
    }
}
