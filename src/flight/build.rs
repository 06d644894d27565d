use super::{Made, Rejection, Scalar};

/// Where a value stands in its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'k> {
    /// An element of an array.
    Index(usize),
    /// A member of an object.
    Name(&'k str),
}

/// What a [`Decoder`](super::Decoder) needs to be able to make: the values of one language.
///
/// Nothing here panics, whatever the values. What cannot be done is `None` or `false`, and becomes a `DECODE` error that says where.
pub trait Build {
    /// A value. Clones of a container are the same container.
    type Value: Clone;
    /// The other end of a promise: what settles it.
    type Promise;

    /// The value of a JSON text; `None` if it is not JSON.
    fn parse(&mut self, text: &str) -> Option<Self::Value>;

    /// A string.
    fn string(&mut self, text: &str) -> Self::Value;

    /// A value that is not in JSON.
    fn scalar(&mut self, scalar: &Scalar<'_>) -> Option<Self::Value>;

    /// Replaces what stands at `key` of a container that came out of `parse`.
    /// A function is never put under the name `then`: `null` is, so that no answer becomes a promise by accident.
    fn put(&mut self, container: &Self::Value, key: Key<'_>, value: Self::Value) -> bool;

    /// The own element or member `key` of an array or plain object; `None` for everything else. An index is decimal, without leading zeros.
    fn step(&mut self, container: &Self::Value, key: &str) -> Option<Self::Value>;

    /// An empty Map, Set, FormData or Error, to be filled once everything it may hold is there.
    fn make(&mut self, kind: Made) -> Option<Self::Value>;

    /// Fills what `make` made from the value of its row; called once for each.
    fn fill(&mut self, kind: Made, made: &Self::Value, from: &Self::Value) -> bool;

    /// A promise nobody has settled, and what settles it.
    fn promise(&mut self) -> Option<(Self::Value, Self::Promise)>;

    /// Settles a promise. A value that is itself a promise is followed, never to itself.
    fn settle(&mut self, promise: Self::Promise, outcome: Result<Self::Value, Rejection>);

    /// The caller's own argument at `path` (`0:0`), which the server sent back by name.
    fn temporary(&mut self, path: &str) -> Option<Self::Value>;
}
