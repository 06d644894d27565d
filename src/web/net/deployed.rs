//! Looks an action up by its name in the page as deployed now: the document, and the scripts of the app that it names.

use std::pin::pin;
use std::rc::Rc;

use futures::StreamExt as _;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::response::Response;
use crate::dispatcher::Recovery;
use crate::js::wait::resolved;
use crate::protocol::ActionId;
use crate::protocol::manifest::{Document, Found, Lookup, asset_prefix, is_own_script, replacement, scan_html, scan_script};
use crate::web::embedder::Embedder;
use crate::web::url;

/// How many scripts are looked into, and how many are fetched at once.
const SCRIPTS: usize = 256;
const AT_ONCE: usize = 6;
/// Bytes of one document or script, at most.
const LARGEST: usize = 16 << 20;

/// The page as deployed now.
pub(crate) struct Deployed {
    found: Found,
    ids: Vec<ActionId>,
    /// Those the page at hand knows.
    here: Vec<ActionId>,
    /// Scripts that could not be had.
    missing: usize,
}

impl Deployed {
    /// Loads the document at `address` and its scripts. Fails with a clause that says what could not be had.
    pub(crate) async fn load(embedder: &Embedder, address: &str) -> Result<Self, String> {
        let signal = AbortSignal::timeout_with_u32(Recovery::LONGEST.as_millis() as u32);
        let (at, text) = get(embedder, address, "text/html", "same-origin", &signal).await.ok_or("the page could not be loaded")?;
        let document = scan_html(&text);
        let here = scan_html(&embedder.page_text().unwrap_or_default());
        let scripts = scripts(&at, &document, &here);
        let mut deployed = Self { found: Found::default(), ids: document.ids, here: here.ids, missing: 0 };
        let texts = futures::stream::iter(&scripts).map(|script| get(embedder, script, "*/*", "cors", &signal)).buffered(AT_ONCE);
        let mut texts = pin!(texts);
        while let Some(text) = texts.next().await {
            match text {
                Some((_, text)) => scan_script(&text, &mut deployed.found),
                None => deployed.missing += 1,
            }
        }
        Ok(deployed)
    }

    /// The id that takes the place of `old`; fails with a clause that says why none does.
    pub(crate) fn find(&self, old: &ActionId, name: &str) -> Result<ActionId, String> {
        if name == "default" {
            return Err("`default` is the name of every default export".to_owned());
        }
        let new = match self.found.lookup(name) {
            Lookup::Found(id) => id,
            Lookup::Ambiguous => return Err("the page has several actions of this name now".to_owned()),
            // A form shows no names. Where the page has one action and had one, they are the same.
            Lookup::Missing => match (&self.here[..], &self.ids[..]) {
                ([was], [is]) if was == old => is.clone(),
                _ if self.missing > 0 => return Err(format!("{} scripts of the page could not be looked into", self.missing)),
                _ => return Err("the page has no action of this name any more".to_owned()),
            },
        };
        if new == *old {
            return Err("the page still names it so".to_owned());
        }
        replacement(old, &new).then_some(new).ok_or_else(|| "it takes other arguments now".to_owned())
    }
}

/// The scripts of the app that a document at `at` names. Other origins count only where the page at hand has its scripts from.
fn scripts(at: &str, document: &Document, here: &Document) -> Vec<String> {
    let Some(origin) = url::origin(at) else { return Vec::new() };
    let absolute = |scripts: &[String]| -> Vec<String> { scripts.iter().filter_map(|script| url::absolute(script, at)).collect() };
    let (mut scripts, known) = (absolute(&document.scripts), absolute(&here.scripts));
    let mut prefixes: Vec<&str> = known.iter().filter_map(|script| asset_prefix(script)).collect();
    prefixes.dedup();
    let own = scripts.iter().find_map(|script| asset_prefix(script)).unwrap_or(&origin).to_owned();
    for chunk in &document.chunks {
        let address = if chunk.starts_with("static/") { format!("{own}/_next/{chunk}") } else { chunk.clone() };
        scripts.extend(url::absolute(&address, at));
    }
    scripts.retain(|script| is_own_script(script, &origin, &prefixes));
    let mut met = Vec::with_capacity(scripts.len());
    for script in scripts {
        let same = script.split(['?', '#']).next().map(str::to_owned);
        if !met.iter().any(|(other, _)| *other == same) && met.len() < SCRIPTS {
            met.push((same, script));
        }
    }
    met.into_iter().map(|(_, script)| script).collect()
}

/// The text at an address, and the address it came from.
async fn get(embedder: &Embedder, address: &str, accept: &str, mode: &str, signal: &AbortSignal) -> Option<(String, Rc<str>)> {
    let response: Response = resolved(embedder.load(address, accept, mode, signal)).await.ok()?.unchecked_into();
    let head = response.head().ok()?;
    if head.answer.status >= 400 {
        let _ = embedder.discard(&response);
        return None;
    }
    let at = head.elsewhere.unwrap_or_else(|| address.to_owned());
    let text = resolved(embedder.text(&response)).await.ok()?.as_string()?;
    Some((at, text.into()))
}
