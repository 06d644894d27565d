//! Remembers where each container was written, so that the same one is referred to, and temporaries come back by their paths.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use super::frame::{Frame, Rest};
use super::{Encoder, Inspect, Text, Top};

/// Where a value was written.
pub(super) struct Place<V> {
    pub(super) parent: Option<u32>,
    /// The key in the parent; where there is none, all of the reference: a part's id in hex, perhaps with a letter before it.
    pub(super) key: String,
    /// `None` for what only exists in the encoding, as the array of a Map's entries, and for what the server never gives back by its path.
    pub(super) value: Option<V>,
}

impl<I: Inspect> Encoder<I> {
    /// Makes a value known by its path, if it has one.
    pub(super) fn register(&mut self, value: &I::Value) -> Option<u32> {
        let (parent, key) = self.place()?;
        let number = self.temporaries.add(Place { parent, key, value: Some(value.clone()) });
        self.inspector.remember(value, number);
        Some(number)
    }

    /// Makes a value known by a name of its own, which the server never gives back.
    pub(super) fn name(&mut self, value: &I::Value, name: String) {
        let number = self.temporaries.add(Place { parent: None, key: name, value: None });
        self.inspector.remember(value, number);
    }

    /// Where the value being written stands, if that can be referred to: not through a key with a colon. What a `toJSON` gave cannot be where it
    /// is all of a part: React knows that part by what had the `toJSON`.
    pub(super) fn place(&self) -> Option<(Option<u32>, String)> {
        if self.replaced && matches!(self.frames.last(), None | Some(Frame { rest: Rest::Alone, .. })) {
            return None;
        }
        let Some(frame) = self.frames.last() else {
            return match self.top {
                Top::Root => Some((None, "0".to_owned())),
                Top::Part(id, _) => Some((None, format!("{id:x}"))),
                Top::Chunk(_) => None,
            };
        };
        let key = match (&frame.rest, &frame.key) {
            (Rest::Alone, _) => return Some((None, format!("{:x}", frame.part?))),
            (Rest::Bound(..), _) => return None,
            (Rest::Members(..), Text::Plain(key)) if !key.contains(':') => key.clone(),
            (Rest::Members(..), _) => return None,
            _ => (frame.count - 1).to_string(),
        };
        Some((Some(frame.place?), key))
    }
}

/// Every container that was sent, and whatever the server cannot look into, by its path. Servers that send one back send only its path.
///
/// It grows while arguments are still open; clones see that.
pub struct Temporaries<V>(Rc<RefCell<Sent<V>>>);

struct Sent<V> {
    places: Vec<Place<V>>,
    /// Places by the one around and the key there, of the first so many.
    inside: HashMap<(Option<u32>, String), u32>,
    indexed: u32,
    elsewhere: Option<Elsewhere<V>>,
}

type Elsewhere<V> = Box<dyn Fn(&str) -> Option<V>>;

impl<V: Clone> Temporaries<V> {
    /// The value at `path`, written as the server writes it: `0:1:key`.
    pub fn get(&self, path: &str) -> Option<V> {
        let sent = &mut *self.0.borrow_mut();
        if let Some(elsewhere) = &sent.elsewhere {
            return elsewhere(path);
        }
        for (number, place) in (sent.indexed..).zip(sent.places.iter().skip(sent.indexed as usize)) {
            sent.inside.insert((place.parent, place.key.clone()), number);
        }
        sent.indexed = sent.places.len() as u32;
        let mut found = None;
        for key in path.split(':') {
            found = Some(*sent.inside.get(&(found, key.to_owned()))?);
        }
        sent.places.get(found? as usize)?.value.clone()
    }
}

impl<V> Temporaries<V> {
    /// Values that the inspector keeps itself, and finds by their paths.
    pub fn elsewhere(find: impl Fn(&str) -> Option<V> + 'static) -> Self {
        let temporaries = Self::default();
        temporaries.0.borrow_mut().elsewhere = Some(Box::new(find));
        temporaries
    }

    pub(super) fn add(&self, place: Place<V>) -> u32 {
        let places = &mut self.0.borrow_mut().places;
        places.push(place);
        places.len() as u32 - 1
    }

    /// `0:1:key`: how the server is told of a value it has seen.
    pub(super) fn path(&self, number: u32) -> String {
        path(&self.0.borrow().places, number)
    }
}

fn path<V>(places: &[Place<V>], number: u32) -> String {
    let mut keys = Vec::new();
    let mut at = Some(number);
    while let Some(place) = at.and_then(|at| places.get(at as usize)) {
        keys.push(place.key.as_str());
        at = place.parent;
    }
    keys.reverse();
    keys.join(":")
}

impl<V> Default for Temporaries<V> {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(Sent { places: Vec::new(), inside: HashMap::new(), indexed: 0, elsewhere: None })))
    }
}

impl<V> Clone for Temporaries<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<V> fmt::Debug for Temporaries<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what was sent: only how much.
        f.debug_tuple("Temporaries").field(&self.0.borrow().places.len()).finish()
    }
}
