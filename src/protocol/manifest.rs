//! Finds the actions that a page knows in the text of its document and scripts. Serves skew recovery: after a new
//! build, it finds an action's new id by its exported name. Evaluates nothing and fetches nothing.
//!
//! Scripts ([`scan_script`]) state the id and the name of each action that client code imports. The document
//! ([`scan_html`]) lists the scripts, and the ids, without names, of actions that a server component passed to
//! a client component or a form. All of it is untrusted text: unexpected parts are skipped, nothing fails, and
//! the time is linear in the length of the text.
//!
//! Limits of finding by name: Next.js 14.2 writes no names, and in minified scripts not even
//! `createServerReference`, so nothing is found there. Actions that only server components mention have no name
//! in any script. A default export is called `default`, in every file.
//!
//! This module is for front ends in Rust. The npm package has its own finder in JavaScript
//! (`pkg/lib/skew/manifest.js`), as a chunk that few pages load. `tests/vectors/manifest` tests both, and random texts
//! compare them.
//!
//! ```
//! use actionlane::protocol::manifest::{Lookup, NamedActions, scan_script};
//!
//! let id = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
//! let script = format!(r#"(0,n.createServerReference)("{id}",n.callServer,void 0,n.findSourceMapURL,"save")"#);
//! let mut actions = NamedActions::default();
//! scan_script(&script, &mut actions);
//! assert!(matches!(actions.lookup("save"), Lookup::Found(found) if found.as_str() == id));
//! ```

mod base_path;
mod html;
mod inline_scripts;
mod js_literal;
mod script;
#[cfg(test)]
mod tests;
mod text_search;

pub use base_path::base_path;
pub use html::{Document, scan_html};
pub use script::scan_script;

use super::ActionId;

/// The actions that scripts name. [`scan_script`] adds to it.
///
/// ```
/// use actionlane::protocol::manifest::{Lookup, NamedActions, scan_script};
///
/// let script = |id: &str| format!("createServerReference(\"{id}\",a,b,c,\"save\")");
/// let (one, two) = ("40".repeat(21), "60".repeat(21));
/// let mut actions = NamedActions::default();
/// scan_script(&script(&one), &mut actions);
/// assert_eq!(actions.iter().map(|(name, id)| (name, id.as_str())).collect::<Vec<_>>(), [("save", &*one)]);
/// assert!(matches!(actions.lookup("save"), Lookup::Found(id) if id.as_str() == one));
///
/// scan_script(&script(&two), &mut actions);
/// assert_eq!(actions.lookup("save"), Lookup::Ambiguous, "two files export this name");
/// ```
#[derive(Debug, Default)]
pub struct NamedActions(Vec<(Box<str>, ActionId)>);

/// The result of a search for a name: see [`NamedActions::lookup`].
///
/// ```
/// use actionlane::protocol::manifest::{Lookup, NamedActions};
///
/// assert_eq!(NamedActions::default().lookup("save"), Lookup::Missing, "no script was scanned");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Exactly one action has this name.
    Found(ActionId),
    /// Several actions have this name: different files export it.
    Ambiguous,
    /// No action has this name.
    Missing,
}

impl NamedActions {
    /// Iterates over names and ids in the order in which scripts mention them. An action that is mentioned
    /// several times occurs as often.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ActionId)> {
        self.0.iter().map(|(name, id)| (&**name, id))
    }

    /// Returns the action exported as `name` in the scripts scanned so far. Several mentions of the same id count
    /// as one.
    ///
    /// The result is only as good as the scripts: if two actions share a name and only one was scanned, that one
    /// is found.
    pub fn lookup(&self, name: &str) -> Lookup {
        let mut ids = self.0.iter().filter(|(exported, _)| **exported == *name).map(|(_, id)| id);
        match ids.next() {
            None => Lookup::Missing,
            Some(first) if ids.all(|id| id == first) => Lookup::Found(first.clone()),
            Some(_) => Lookup::Ambiguous,
        }
    }
}

/// Returns true if `new` may be called instead of `old` with the same arguments: both have the same info byte,
/// or neither has one.
///
/// ```
/// use actionlane::protocol::{ActionId, manifest::is_replaceable_by};
///
/// let id = |info: &str, rest: &str| ActionId::parse(&[info, &rest.repeat(40)].concat()).unwrap();
/// assert!(is_replaceable_by(&id("40", "a"), &id("40", "b")));
/// assert!(!is_replaceable_by(&id("40", "a"), &id("60", "b")), "the new action takes one more argument");
/// ```
pub fn is_replaceable_by(old: &ActionId, new: &ActionId) -> bool {
    let (old, new) = (old.as_str(), new.as_str());
    old.len() == new.len() && (old.len() == 40 || old.as_bytes()[..2].eq_ignore_ascii_case(&new.as_bytes()[..2]))
}

/// Returns true if a script may be fetched and scanned: it has the page's own origin, or lies below `/_next/`
/// of one of these asset prefixes.
///
/// `url` and the prefixes must be absolute, as `new URL(…).href` writes them (without `/../`); `origin` is
/// written like `location.origin`. The prefixes are those of the scripts that the open page was loaded with
/// ([`asset_prefix`]). Do not take them from a document that was fetched later: it could add a foreign origin.
///
/// ```
/// use actionlane::protocol::manifest::is_own_script;
///
/// let (origin, prefixes) = ("https://shop.example", ["https://cdn.example"]);
/// assert!(is_own_script("https://shop.example/_next/static/chunks/1.js", origin, &prefixes));
/// assert!(is_own_script("https://cdn.example/_next/static/chunks/1.js", origin, &prefixes));
/// assert!(!is_own_script("https://cdn.example/other.js", origin, &prefixes));
/// assert!(!is_own_script("https://shop.example.evil/_next/1.js", origin, &prefixes));
/// ```
pub fn is_own_script(url: &str, origin: &str, prefixes: &[&str]) -> bool {
    let below = |base: &str, path: &str| url.strip_prefix(base).is_some_and(|rest| rest.starts_with(path));
    url.starts_with("http") && (below(origin, "/") || prefixes.iter().any(|prefix| below(prefix, "/_next/")))
}

/// Returns the part before `/_next/` in the URL of a script of Next.js: `https://cdn.example.com/app`, or just
/// an origin. `None` for other URLs.
///
/// ```
/// use actionlane::protocol::manifest::asset_prefix;
///
/// assert_eq!(asset_prefix("https://cdn.example.com/app/_next/static/chunks/1.js"), Some("https://cdn.example.com/app"));
/// assert_eq!(asset_prefix("/_next/static/chunks/1.js"), Some(""));
/// assert_eq!(asset_prefix("https://example.com/analytics.js?from=/_next/"), None);
/// ```
pub fn asset_prefix(url: &str) -> Option<&str> {
    let path = text_search::until(url, b"?#", true).map_or(url, |(path, _)| path);
    text_search::split(path, "/_next/").map(|(prefix, _)| prefix)
}

/// Reads an id as Next.js writes it: in lower case.
fn written_id(text: &str) -> Option<ActionId> {
    let is_lower = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (matches!(text.len(), 40 | 42) && text.bytes().all(is_lower)).then(|| ActionId::parse(text).ok()).flatten()
}
