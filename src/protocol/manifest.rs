//! Finds the actions that a page knows, by the text of its document and scripts alone: for finding an action again, by its exported name, after
//! a new build has given it a new id.
//!
//! Three things are read, none of them evaluated: scripts ([`scan_script`]) say the id and the name of each action that client code
//! imports; the document ([`scan_html`]) says which scripts there are, and ids, without names, of actions that a server component passed.
//! Everything is untrusted text: what does not look as expected is passed over, in time linear in the text, with nothing to fail.
//!
//! What names cannot do: Next.js 14.2 writes no names, in its minified scripts not even `createServerReference`, so nothing is found
//! there. Actions that only server components mention have no name in any script. A default export is called `default`, in every file.
//!
//! It is here for front ends in Rust. The npm package has the same in JavaScript (`pkg/lib/finder.js`), as a chunk that few pages load; both
//! are held to `tests/vectors/manifest`, and to each other by random texts.
//!
//! ```
//! use actionlane::protocol::manifest::{Found, Lookup, scan_script};
//!
//! let script = r#"(0,n.createServerReference)("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",n.callServer,void 0,n.findSourceMapURL,"save")"#;
//! let mut found = Found::default();
//! scan_script(script, &mut found);
//! assert!(matches!(found.lookup("save"), Lookup::Found(id) if id.as_str().starts_with("40aa")));
//! ```

mod base;
mod find;
mod html;
mod inline;
mod literal;
mod script;
#[cfg(test)]
mod tests;

pub use base::base_path;
pub use html::{Document, scan_html};
pub use script::scan_script;

use super::ActionId;

/// The actions that scripts name.
#[derive(Debug, Default)]
pub struct Found(Vec<(Box<str>, ActionId)>);

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    Found(ActionId),
    /// Actions of several files are exported under this name.
    Ambiguous,
    Missing,
}

impl Found {
    /// All of them, with their names, in the order they were met. One that is mentioned many times is here as often.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ActionId)> {
        self.0.iter().map(|(name, id)| (&**name, id))
    }

    /// The action exported as `name` in all scripts scanned so far. One that is mentioned many times is one.
    ///
    /// Only as good as the scripts scanned: of two actions with one name, a page may load but one.
    pub fn lookup(&self, name: &str) -> Lookup {
        let mut ids = self.0.iter().filter(|(exported, _)| **exported == *name).map(|(_, id)| id);
        match ids.next() {
            None => Lookup::Missing,
            Some(first) if ids.all(|id| id == first) => Lookup::Found(first.clone()),
            Some(_) => Lookup::Ambiguous,
        }
    }
}

/// Whether `new` may be called in the place of `old`, with the same arguments: both have the same info byte, or both have none.
pub fn replacement(old: &ActionId, new: &ActionId) -> bool {
    let (old, new) = (old.as_str(), new.as_str());
    old.len() == new.len() && (old.len() == 40 || old.as_bytes()[..2].eq_ignore_ascii_case(&new.as_bytes()[..2]))
}

/// Whether a script may be fetched to look into it: it is of the page's own origin, or below `/_next/` of one of these asset prefixes.
///
/// `url` and the prefixes are absolute, as `new URL(…).href` writes them (nothing like `/../` is left); `origin` is as
/// `location.origin`. Prefixes are those that the page at hand was loaded with ([`asset_prefix`]): a new document cannot add to them.
pub fn is_own_script(url: &str, origin: &str, prefixes: &[&str]) -> bool {
    let below = |base: &str, path: &str| url.strip_prefix(base).is_some_and(|rest| rest.starts_with(path));
    url.starts_with("http") && (below(origin, "/") || prefixes.iter().any(|prefix| below(prefix, "/_next/")))
}

/// What stands before `/_next/` in the URL of a script of Next.js: `https://cdn.example.com/app`, or just an origin. None in other URLs.
pub fn asset_prefix(url: &str) -> Option<&str> {
    let path = find::until(url, b"?#", true).map_or(url, |(path, _)| path);
    find::split(path, "/_next/").map(|(prefix, _)| prefix)
}

/// An id as Next.js writes it: in lower case.
fn written_id(text: &str) -> Option<ActionId> {
    let is_lower = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (matches!(text.len(), 40 | 42) && text.bytes().all(is_lower)).then(|| ActionId::parse(text).ok()).flatten()
}
