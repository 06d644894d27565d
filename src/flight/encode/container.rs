//! Writes containers: begins one, continues it item by item, and closes it. Must not recurse: an argument may nest as
//! deep as the limit allows.

use super::back_reference::Place;
use super::frame::{Frame, Rest};
use super::{Container, Contents, Encoder, Inspect, Part, Top, server_limits};
use crate::Error;
use crate::flight::json;

impl<I: Inspect> Encoder<I> {
    pub(super) fn write_container(&mut self, value: I::Value, container: Container) -> Result<(), Error> {
        let mut container = container;
        if container == Container::Iterator && self.wire.is_14() {
            // An array can be iterated in the same way on the server.
            container = Container::Iterable;
        }
        if let Some(name) = container.name_beyond_14().filter(|_| self.wire.is_14()) {
            return Err(self.error(&format!("is {name}, which Next 14 cannot read: send plain values, or a FormData")));
        }
        let bound = container == Container::Array && matches!(self.frames.last(), Some(Frame { rest: Rest::Bound(..), .. }));
        if container != Container::Lazy && !bound && self.write_reference(&value)? {
            return Ok(());
        }
        if self.frames.len() >= self.depth {
            return Err(self.error(&format!("is nested deeper than {} containers", self.depth)));
        }
        let place = match container {
            Container::Promise | Container::Lazy | Container::Reference => None,
            _ if bound => None,
            _ => self.register(&value),
        };
        if container == Container::Blob {
            let id = self.write_new_id("B");
            self.parts.push(Part::Entry { name: id.to_string(), value });
            return Ok(());
        }
        let Some(contents) = self.inspector.contents(&value, container) else { return Err(self.error("threw while it was read")) };
        let rest = match contents {
            Contents::Values(values) => {
                if values.len() > server_limits::MAX_ARGUMENTS && (bound || (self.frames.is_empty() && matches!(self.top, Top::Root))) {
                    let what = if bound { "is bound to" } else { "has" };
                    return Err(self.error(&format!("{what} more than 1000 arguments, which the server refuses: pass one array")));
                }
                Rest::Values(values.into_iter())
            }
            Contents::Remaining(values) => {
                if !self.wire.is_14() {
                    container = Container::Iterator;
                }
                Rest::Values(values.into_iter())
            }
            Contents::Members(members) => Rest::Members(members.into_iter()),
            Contents::Entries(entries) => Rest::Entries(entries.into_iter()),
            Contents::Fields(fields) => {
                self.add_fields(fields);
                return Ok(());
            }
            Contents::Bytes { blob, len } => {
                let Container::Binary(letter) = container else { return Err(self.error("cannot be sent")) };
                self.count_in_tree(len);
                let id = self.write_new_id(letter.encode_utf8(&mut [0; 4]));
                self.parts.push(Part::Entry { name: id.to_string(), value: blob });
                return self.check_bounds();
            }
            Contents::Later { later, source } => {
                self.open_slot(&value, later, source);
                return Ok(());
            }
            Contents::Loaded(loaded) => {
                self.begin_loaded(loaded);
                return Ok(());
            }
            Contents::Reference { id, bound } => {
                self.outer.push(std::mem::take(&mut self.out));
                self.out.push_str("{\"id\":");
                json::quote(&mut self.out, &id);
                self.out.push_str(",\"bound\":");
                if bound.is_none() {
                    self.out.push_str("null");
                }
                self.frames.push(Frame::new(Rest::Bound(value, bound), None, None, None));
                return Ok(());
            }
        };
        match container {
            Container::Map => self.begin_part("Q", rest),
            Container::Set => self.begin_part("W", rest),
            Container::Iterator => self.begin_part("i", rest),
            // An iterable becomes a new array on the server, to which nothing can refer.
            Container::Iterable => self.begin(rest, None, None),
            _ if bound => self.begin_part("@", rest),
            _ => self.begin(rest, place, None),
        }
        self.check_bounds()
    }

    /// Adds the entries of a form as fields, under the names that the server's version looks for.
    pub(super) fn add_fields(&mut self, fields: Vec<(String, I::Value)>) {
        let id = self.write_new_id("K");
        for prefix in self.wire.form_prefixes() {
            for (key, value) in &fields {
                self.parts.push(Part::Entry { name: format!("{prefix}{id:x}_{key}"), value: value.clone() });
            }
        }
    }

    /// Begins an entry of a Map: an array that exists in the encoding only.
    pub(super) fn begin_pair(&mut self, key: I::Value, value: I::Value) -> Result<(), Error> {
        let place = self.frames.last().and_then(|frame| {
            let key = (frame.count - 1).to_string();
            Some(self.temporaries.add(Place { parent: Some(frame.place?), key, value: None }))
        });
        self.begin(Rest::Values(vec![key, value].into_iter()), place, None);
        self.check_bounds()
    }

    pub(super) fn begin(&mut self, rest: Rest<I::Value>, place: Option<u32>, part: Option<u32>) {
        self.out.push(if matches!(rest, Rest::Members(..)) { '{' } else { '[' });
        let len = match &rest {
            Rest::Values(values) => Some(values.len()),
            Rest::Entries(entries) => Some(entries.len()),
            _ => None,
        };
        let around = self.tree().filter(|_| part.is_none());
        let tree = len.map(|len| self.bounds.count_array(around, len));
        self.frames.push(Frame::new(rest, place, part, tree));
        if let (Some(place), Some(tree), None) = (place, tree, part) {
            self.store_array(place, tree);
        }
    }

    /// Refers to a new part for a container, and begins to write it.
    pub(super) fn begin_part(&mut self, sigil: &str, rest: Rest<I::Value>) {
        let id = self.write_new_id(sigil);
        let place = self.temporaries.add(Place { parent: None, key: format!("{id:x}"), value: None });
        self.outer.push(std::mem::take(&mut self.out));
        self.bounds.begin_part(Some(id));
        self.begin(rest, Some(place), Some(id));
    }

    /// Refers to a new part that consists of this value, and begins to write it.
    pub(super) fn begin_loaded(&mut self, value: I::Value) {
        let id = self.write_new_id("");
        self.outer.push(std::mem::take(&mut self.out));
        self.bounds.begin_part(Some(id));
        self.frames.push(Frame::new(Rest::One(Some(value)), None, Some(id), Some(self.bounds.start_tree())));
    }

    pub(super) fn close_container(&mut self, frame: Frame<I::Value>) -> Result<(), Error> {
        match frame.rest {
            Rest::One(_) => {}
            Rest::Members(..) | Rest::Bound(..) => self.out.push('}'),
            Rest::Values(..) | Rest::Entries(..) => self.out.push(']'),
        }
        if let Some(id) = frame.part {
            let text = std::mem::replace(&mut self.out, self.outer.pop().unwrap_or_default());
            self.parts.push(Part::Json { name: id.to_string(), text });
            self.end_part()?;
            if let (Rest::One(_), Some(tree)) = (&frame.rest, frame.tree) {
                self.count_loaded(self.tree(), tree)?;
            }
        }
        if let Rest::Bound(function, _) = frame.rest {
            let text = std::mem::replace(&mut self.out, self.outer.pop().unwrap_or_default());
            let letter = self.wire.reference();
            let id = self.write_new_id(letter);
            self.parts.push(Part::Json { name: id.to_string(), text });
            self.register_as(&function, format!("{letter}{id:x}"));
        }
        Ok(())
    }
}
