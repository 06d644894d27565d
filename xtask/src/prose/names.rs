//! Holds the documents and the type declarations to the same names: options, codes of errors, fields.
//!
//! Reads declarations line by line: there is one member per line. Must not know an option by name.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Source;

/// The names that the package declares.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Members of all interfaces and classes, and exported functions.
    members: BTreeSet<String>,
    /// Texts of unions, `"ABORTED"`.
    texts: BTreeSet<String>,
    /// Members by their interface.
    of: BTreeMap<String, BTreeSet<String>>,
}

/// The document that lists every option.
const LIST: &str = "docs/options.md";

/// Interfaces whose members are options: the list names each.
const OPTIONS: [&str; 5] = ["DispatcherOptions", "CallOptions", "RouteOptions", "LaneOptions", "RetryOptions"];

/// Names in capitals that are none of our codes: methods of HTTP, and variables of Next.js.
const OTHERS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "NEXT_DEPLOYMENT_ID", "NEXT_SERVER_ACTIONS_ENCRYPTION_KEY"];

/// Objects that documents name with a dot, whose members the package declares.
const OBJECTS: [&str; 12] = ["d", "call", "outcome", "error", "event", "entry", "lane", "timings", "payload", "durable", "outbox", "trace"];

/// Members that errors have from JavaScript.
const INHERITED: [&str; 4] = ["cause", "message", "name", "stack"];

impl Declared {
    /// Reads the declarations of `sources`: files that end with `.d.ts`.
    pub(crate) fn read<'a>(sources: impl Iterator<Item = &'a Source>) -> Self {
        let mut declared = Self::default();
        for source in sources {
            let mut interface = String::new();
            for line in source.text.lines() {
                let code = line.trim();
                if code.starts_with(['*', '/']) {
                    continue;
                }
                let quoted = code.split('"').skip(1).step_by(2);
                declared.texts.extend(quoted.map(str::to_owned));
                if let Some(name) = line.strip_prefix("export ").and_then(declaration) {
                    interface = name.to_owned();
                    declared.members.insert(interface.clone());
                }
                for member in members(line) {
                    declared.of.entry(interface.clone()).or_default().insert(member.to_owned());
                    declared.members.insert(member.to_owned());
                }
            }
        }
        declared
    }

    /// The names in a document that the package does not declare, one per line.
    pub(crate) fn unknown(&self, source: &Source) -> Vec<String> {
        let mut faults = Vec::new();
        let mut header: Option<bool> = None;
        let mut of_options = false;
        let mut cell = 0;
        for (event, range) in Parser::new_ext(&source.text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::TableHead) => header = Some(false),
                Event::End(TagEnd::TableHead) => of_options = header.take().unwrap_or_default(),
                Event::Start(Tag::TableRow) => cell = 0,
                Event::Start(Tag::TableCell) => cell += 1,
                Event::End(TagEnd::Table) => (of_options, cell) = (false, 0),
                Event::Text(text) => {
                    if let Some(is_option) = &mut header {
                        *is_option |= cell <= 1 && text.trim().eq_ignore_ascii_case("option");
                    }
                }
                Event::Code(code) => {
                    let in_first = of_options && header.is_none() && cell == 1;
                    if let Some(name) = self.unknown_in(&code, in_first) {
                        let line = source.text[..range.start].matches('\n').count() + 1;
                        faults.push(format!("{}:{line}: the package declares no `{name}`", source.name));
                    }
                }
                _ => {}
            }
        }
        faults
    }

    /// The name in a piece of code that nothing declares.
    fn unknown_in(&self, code: &str, is_option: bool) -> Option<String> {
        let is_name = |text: &str| text.starts_with(char::is_alphabetic) && text.chars().all(char::is_alphanumeric);
        let is_code = code.len() > 3 && code.chars().all(|sign| sign.is_ascii_uppercase() || sign == '_');
        if is_code {
            let is_known = self.texts.contains(code) || self.members.contains(code) || OTHERS.contains(&code);
            return (!is_known).then(|| code.to_owned());
        }
        let name = if let Some((name, _)) = code.split_once(": ").filter(|(name, _)| is_name(name)) {
            name
        } else if let Some((_, member)) = code.split_once('.').filter(|(object, _)| OBJECTS.contains(object)) {
            member.split(|sign: char| !sign.is_alphanumeric()).next()?
        } else if is_option {
            code.split(['.', ':', ',', ' ', '(', '?']).next()?
        } else {
            return None;
        };
        let is_known = !is_name(name) || self.members.contains(name) || INHERITED.contains(&name);
        (!is_known).then(|| name.to_owned())
    }

    /// Codes of errors that no document explains, and options that the list of options does not name, one per line.
    pub(crate) fn unexplained(&self, documents: &[&Source]) -> Vec<String> {
        let lists: Vec<_> = documents.iter().copied().filter(|document| document.name == LIST).collect();
        let (named, listed) = (names(documents), names(&lists));
        let options = OPTIONS.iter().filter_map(|name| self.of.get(*name)).flatten().collect::<BTreeSet<_>>();
        let codes = self.texts.iter().filter(|text| text.len() > 3 && text.chars().all(|sign| sign.is_ascii_uppercase() || sign == '_'));
        let unlisted = options.into_iter().filter(|name| !listed.contains(*name)).map(|name| format!("{LIST} does not list `{name}`"));
        codes.filter(|name| !named.contains(*name)).map(|name| format!("no document explains `{name}`")).chain(unlisted).collect()
    }

    /// The number of names that are held to the documents.
    pub(crate) fn len(&self) -> usize {
        self.members.len() + self.texts.len()
    }
}

/// The words of all inline code in documents.
fn names(documents: &[&Source]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for document in documents {
        for event in Parser::new_ext(&document.text, Options::ENABLE_TABLES) {
            if let Event::Code(code) = event {
                let words = code.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
                named.extend(words.map(str::to_owned));
            }
        }
    }
    named
}

/// The name of an interface, a class, a type or a function.
fn declaration(code: &str) -> Option<&str> {
    let code = code.trim_start_matches("declare ");
    let rest = ["interface ", "class ", "function ", "type "].iter().find_map(|kind| code.strip_prefix(kind))?;
    rest.split(|sign: char| !sign.is_alphanumeric()).next()
}

/// The members that a line declares: one before `?:`, `:`, `(` or `<`, and those of an object written in the line.
fn members(line: &str) -> Vec<&str> {
    let start = line.trim_start();
    let start = ["readonly ", "static ", "get "].iter().fold(start, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
    let mut found = Vec::new();
    let mut pieces = vec![start];
    pieces.extend(line.split(['{', ';', ',', '(']).skip(1).map(str::trim_start));
    for piece in pieces {
        let end = piece.find(|sign: char| !sign.is_alphanumeric()).unwrap_or(piece.len());
        let (name, rest) = piece.split_at(end);
        if !name.is_empty() && ["?:", ":", "(", "<", "?("].iter().any(|sign| rest.starts_with(sign)) {
            found.push(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> Declared {
        let text = "export interface CallOptions {\n  /** Longest: wait. */\n  timeout?: Milliseconds;\n  readonly lane: \"main\" | Lane;\n\
            \x20 durable?: boolean | { ttl?: number };\n  abort(reason?: unknown): void;\n}\nexport type Code = \"ABORTED\" | \"HTTP\";\n";
        Declared::read([Source { name: "index.d.ts".to_owned(), text: text.to_owned() }].iter())
    }

    fn document(text: &str) -> Source {
        Source { name: "a.md".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn members_are_read_line_by_line() {
        let members = &declared().of["CallOptions"];
        assert_eq!(members.iter().collect::<Vec<_>>(), ["abort", "durable", "lane", "reason", "timeout", "ttl"]);
    }

    #[test]
    fn names_that_are_declared_pass() {
        let text = "`timeout: 5`, `ABORTED`, `POST`, `call.abort()`, `location.href`\n\n| option | b |\n|---|---|\n| `lane` | `other` |\n";
        assert_eq!(declared().unknown(&document(text)), [""; 0]);
    }

    #[test]
    fn names_that_are_not_declared_are_found() {
        assert_eq!(declared().unknown(&document("a\n`timeuot: 5`")), ["a.md:2: the package declares no `timeuot`"]);
        assert_eq!(declared().unknown(&document("`ABROTED` `call.abrot()`")).len(), 2);
        assert_eq!(declared().unknown(&document("| Option | b |\n|---|---|\n| `laen` | `x` |")).len(), 1);
    }

    #[test]
    fn options_need_the_list_and_codes_a_document() {
        let of = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
        let list = of(LIST, "`timeout`, `durable: { ttl: 1 }`, `abort(reason)`");
        let other = of("docs/a.md", "`lane`, `ABORTED`");
        assert_eq!(declared().unexplained(&[&list, &other]), ["no document explains `HTTP`", "docs/options.md does not list `lane`"]);
    }
}
