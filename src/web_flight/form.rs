//! Exports the reader of a form's hidden fields to JavaScript. Must not read a form of the page itself: it gets names
//! and values.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::js::error;
use crate::js::exported::Exported;
use crate::protocol::FormAction;
use crate::{Error, Kind};

/// The action of a form that Next.js has rendered.
#[wasm_bindgen]
pub struct FormFields(FormAction);

#[wasm_bindgen]
impl FormFields {
    /// Reads the fields, names and values alternating; see [`FormAction::read`]. Throws an `ActionError` also if no
    /// field names an action.
    #[wasm_bindgen(constructor)]
    pub fn new(fields: &Array, submitter: Option<String>) -> Exported<Self> {
        let texts: Vec<String> = (0..fields.length()).map(|at| fields.get(at).as_string().unwrap_or_default()).collect();
        let fields: Vec<(&str, &str)> = texts.chunks_exact(2).map(|field| (field[0].as_str(), field[1].as_str())).collect();
        let found = FormAction::read(&fields, submitter.as_deref());
        let found = found.and_then(|found| found.ok_or_else(|| Error::new(Kind::Encode, "the form's fields name no action")));
        found.map(Self).map_err(|error| error::to_js(&error, &JsValue::UNDEFINED))
    }

    /// Returns what the page must know: id, key of the state (or `undefined`), number of bound arguments, highest
    /// number of a part, and then names and texts of the parts, alternating.
    pub fn facts(&self) -> Exported<Array> {
        let FormAction { id, state_key, bound, parts } = &self.0;
        let facts = Array::of4(&id.as_str().into(), &state_key.as_deref().into(), &(bound.len() as u32).into(), &self.0.last_part().into());
        for (name, text) in parts {
            facts.push(&name.into());
            facts.push(&text.into());
        }
        Ok(facts)
    }

    /// Returns the text of part `0`: see [`FormAction::arguments`].
    pub fn arguments(&self, encoded: &str, replaces_state: bool) -> Exported<String> {
        self.0.arguments(encoded, replaces_state).map_err(|error| error::to_js(&error, &JsValue::UNDEFINED))
    }
}
