//! Remembers the place of each container that was written, so that a repeated one becomes a reference, and the server
//! can return one by its path.
//!
//! Stores values only as long as an answer may refer to them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use super::frame::{Frame, Rest};
use super::{Encoder, Inspect, Text, Top};

/// The place of a value that was written.
pub(super) struct Place<V> {
    /// Number of the place around it; `None` for a whole part.
    pub(super) parent: Option<u32>,
    /// The key in the parent. Without a parent, the whole reference: a part's id in hex, possibly after a letter.
    pub(super) key: String,
    /// The value. `None` if it exists in the encoding only, as the array of a Map's entry does, or if the server never
    /// returns it.
    pub(super) value: Option<V>,
}

impl<I: Inspect> Encoder<I> {
    /// Gives a value a place, if a path can lead there. Returns the number of the place.
    pub(super) fn register(&mut self, value: &I::Value) -> Option<u32> {
        let (parent, key) = self.parent_and_key()?;
        let number = self.temporaries.add(Place { parent, key, value: Some(value.clone()) });
        self.inspector.remember(value, number);
        Some(number)
    }

    /// Gives a value a name of its own, by which the server never returns it.
    pub(super) fn register_as(&mut self, value: &I::Value, name: String) {
        let number = self.temporaries.add(Place { parent: None, key: name, value: None });
        self.inspector.remember(value, number);
    }

    /// Returns the parent and key of the value that is being written, if a path can lead there. None leads through a
    /// key with a colon. Nor to the result of a `toJSON` that is a whole part: React registers the object that had the
    /// `toJSON` instead.
    pub(super) fn parent_and_key(&self) -> Option<(Option<u32>, String)> {
        if self.replaced && matches!(self.frames.last(), None | Some(Frame { rest: Rest::One(_), .. })) {
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
            (Rest::One(_), _) => return Some((None, format!("{:x}", frame.part?))),
            (Rest::Bound(..), _) => return None,
            (Rest::Members(..), Text::Plain(key)) if !key.contains(':') => key.clone(),
            (Rest::Members(..), _) => return None,
            _ => (frame.count - 1).to_string(),
        };
        Some((Some(frame.place?), key))
    }
}

/// The containers and opaque values that were sent, by their paths. A server that returns one sends only its path.
///
/// Grows while slots are open; all clones share it.
///
/// ```
/// use actionlane::flight::{Native, Temporaries, Value, encode};
///
/// let tags = Value::array([]);
/// let sent = encode(&mut Native::default(), Value::array([Value::object([("tags", tags.clone())])]))?;
/// assert_eq!(sent.temporaries.get("0:0:tags").map(|value| value.identity()), Some(tags.identity()));
/// assert!(sent.temporaries.get("0:1").is_none());
///
/// let returned = Temporaries::from_fn(|path| Some(Value::string(path)));
/// assert!(matches!(returned.get("0:7"), Some(Value::String(path)) if *path == *"0:7"));
/// # Ok::<(), actionlane::Error>(())
/// ```
pub struct Temporaries<V>(Rc<RefCell<PathTable<V>>>);

struct PathTable<V> {
    places: Vec<Place<V>>,
    /// Number of each place, by its parent and key. Has the first `indexed` places.
    inside: HashMap<(Option<u32>, String), u32>,
    indexed: u32,
    lookup: Option<Lookup<V>>,
}

type Lookup<V> = Box<dyn Fn(&str) -> Option<V>>;

impl<V: Clone> Temporaries<V> {
    /// Returns the value at `path`, which is written as the server writes it: `0:1:key`.
    pub fn get(&self, path: &str) -> Option<V> {
        let table = &mut *self.0.borrow_mut();
        if let Some(lookup) = &table.lookup {
            return lookup(path);
        }
        for (number, place) in (table.indexed..).zip(table.places.iter().skip(table.indexed as usize)) {
            table.inside.insert((place.parent, place.key.clone()), number);
        }
        table.indexed = table.places.len() as u32;
        let mut found = None;
        for key in path.split(':') {
            found = Some(*table.inside.get(&(found, key.to_owned()))?);
        }
        table.places.get(found? as usize)?.value.clone()
    }
}

impl<V> Temporaries<V> {
    /// Looks values up by `find` instead, for an inspector that stores them itself.
    pub fn from_fn(find: impl Fn(&str) -> Option<V> + 'static) -> Self {
        let temporaries = Self::default();
        temporaries.0.borrow_mut().lookup = Some(Box::new(find));
        temporaries
    }

    pub(super) fn add(&self, place: Place<V>) -> u32 {
        let places = &mut self.0.borrow_mut().places;
        places.push(place);
        places.len() as u32 - 1
    }

    /// Returns the path of a place, as the server writes it: `0:1:key`.
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
        Self(Rc::new(RefCell::new(PathTable { places: Vec::new(), inside: HashMap::new(), indexed: 0, lookup: None })))
    }
}

impl<V> Clone for Temporaries<V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<V> fmt::Debug for Temporaries<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Shows only how many, because the values are private.
        f.debug_tuple("Temporaries").field(&self.0.borrow().places.len()).finish()
    }
}
