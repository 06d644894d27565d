//! Follows the references of an answer to the place of their value. Changes nothing but a count of its steps.

use super::line::Content;
use super::place::ABSENT;
use super::{MAX_HOPS, NOT_SENT, Received, SENT, broken};
use crate::flight::model::{Path, Special, Target};
use crate::flight::native::canonical;
use crate::flight::tape::{Shape, sort};
use crate::flight::{Limits, Made, Rejection, Scalar, number};
use crate::text::{digits, hex};

/// Reasons why a reference leads nowhere.
pub(super) enum Stop {
    /// The row has not arrived, or was not looked at.
    Missing(u32),
    Rejected(Rejection),
}

/// The place of a value.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Spot {
    /// Number of the line. That of no line stands for the `null` that a circle of references is.
    pub(super) number: u32,
    pub(super) node: u32,
    /// The value to make from it.
    pub(super) made: Option<Made>,
}

impl Received {
    /// Follows the reference at a place, if there is one. The result is no reference; it may be a promise.
    pub(super) fn follow(&self, number: u32, node: u32) -> Result<Spot, Stop> {
        let mut spot = Spot { number, node, made: None };
        let (mut path, mut hops, mut mark) = (Path::default(), 0_usize, None);
        let from = self.lines.get(number as usize).map_or(0, |line| line.id);
        loop {
            let Some(line) = self.lines.get(spot.number as usize) else { return Ok(spot) };
            let about = line.id;
            let refuse = |what: &str| Err(Stop::Rejected(broken(from & !SENT, what)));
            let no_member = || match about {
                SENT.. => refuse(NOT_SENT),
                0 if self.action => refuse(&["no member ", &path.text().replace(':', ".")].concat()),
                _ => refuse(&["refers to something row ", &hex(about), " does not have"].concat()),
            };
            let target = match &line.content {
                Content::Missing | Content::Halted | Content::Raw(_) | Content::Thrown(_) => return Err(Stop::Missing(about)),
                Content::Failed(rejection) => return Err(Stop::Rejected(rejection.clone())),
                Content::Model(tape) => match self.special(spot.number, spot.node) {
                    None => {
                        let Some((step, after)) = path.steps().next() else { return Ok(spot) };
                        let Some(child) = tape.child(spot.node, step) else { return no_member() };
                        (spot.node, path) = (child, path.after(after));
                        self.walked.update(|walked| walked + 1);
                        continue;
                    }
                    Some(Ok(Special::Link(target))) => Some(Target { id: target.id | about & SENT, ..target }),
                    Some(Ok(Special::Lazy(id))) if !path.is_empty() => Some(Target::row(id)),
                    Some(Ok(Special::Temporary(argument))) => match self.argument(&argument) {
                        None => return refuse(NOT_SENT),
                        found => found,
                    },
                    Some(_) => None,
                },
                _ => None,
            };
            let Some(target) = target else { return if path.is_empty() { Ok(spot) } else { no_member() } };
            let Some(next) = self.number(target.id) else { return Err(Stop::Missing(target.id)) };
            match (target.made, spot.made) {
                (Some(_), _) if !path.is_empty() => return no_member(),
                (Some(made), Some(_)) => return refuse(&unmade(made)),
                (made, before) => spot = Spot { number: next, node: 0, made: made.or(before) },
            }
            path = target.path.then(&path);
            self.walked.update(|walked| walked + 1 + path.text().len());
            let here = Some((spot, path.clone()));
            if here == mark {
                return Ok(Spot { number: u32::MAX, node: 0, made: None });
            }
            if hops.is_power_of_two() {
                mark = here;
            }
            hops += 1;
            if hops > MAX_HOPS {
                return refuse(&["more than ", &digits(MAX_HOPS as u64), " references one after the other"].concat());
            }
        }
    }

    /// Follows a reference that the value cannot do without. Fails if it leads to nothing.
    pub(super) fn check(&self, number: u32, node: u32) -> Result<(), Stop> {
        let spot = self.follow(number, node)?;
        match spot.made {
            Some(_) => self.entries(spot).map(drop),
            None => Ok(()),
        }
    }

    /// Returns the special value at a place, if there is one.
    pub(super) fn special(&self, number: u32, node: u32) -> Option<Result<Special<'_>, String>> {
        match &self.lines.get(number as usize)?.content {
            Content::Model(tape) if tape.shape(node) == Shape::Special => Some(Special::read(tape.text(node), Limits::DEFAULT.digits)),
            _ => None,
        }
    }

    /// Returns the nodes of a container's elements, members or entries. Fails if the row cannot be made into it.
    pub(super) fn entries(&self, spot: Spot) -> Result<&[u32], Stop> {
        let Some(line) = self.lines.get(spot.number as usize) else { return Ok(&[]) };
        let Content::Model(tape) = &line.content else { return self.refuse(spot) };
        let children = tape.children(spot.node);
        let array = tape.shape(spot.node) == Shape::Array;
        match spot.made {
            None => Ok(children),
            Some(Made::Error) if tape.shape(spot.node) == Shape::Object => Ok(children),
            Some(Made::Server | Made::Blob) => Ok(&[]),
            Some(Made::Iterator) if array => Ok(children),
            Some(Made::Map | Made::Set | Made::Form) if array => match line.entries.get() {
                Some(known) => Ok(known),
                None => {
                    let found = self.unique(spot, children)?;
                    Ok(line.entries.get_or_init(|| found))
                }
            },
            Some(_) => self.refuse(spot),
        }
    }

    fn refuse<T>(&self, spot: Spot) -> Result<T, Stop> {
        let id = self.lines.get(spot.number as usize).map_or(0, |line| line.id);
        Err(Stop::Rejected(broken(id, &unmade(spot.made.unwrap_or(Made::Map)))))
    }

    /// Returns the key and the value of an entry. A missing one is no place of a line.
    pub(super) fn pair(&self, spot: Spot, entry: u32) -> Result<[Option<(u32, u32)>; 2], Stop> {
        let pair = self.follow(spot.number, entry)?;
        match self.lines.get(pair.number as usize).map(|line| &line.content) {
            Some(Content::Model(tape)) if pair.made.is_none() && tape.shape(pair.node) == Shape::Array => {
                let children = tape.children(pair.node);
                Ok([0, 1].map(|at| children.get(at).map(|child| (pair.number, *child))))
            }
            _ => self.refuse(spot),
        }
    }

    /// Removes the entries whose key comes again: the first keeps its place and takes the last one's value.
    fn unique(&self, spot: Spot, entries: &[u32]) -> Result<Box<[u32]>, Stop> {
        let mut spots = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = match spot.made {
                Some(Made::Set) => Some((spot.number, *entry)),
                _ => self.pair(spot, *entry)?[0],
            };
            spots.push(match key {
                Some((number, node)) => self.follow(number, node)?,
                None => Spot { number: u32::MAX, node: ABSENT, made: None },
            });
        }
        let (keys, key_of) = self.keys(&spots);
        if spot.made == Some(Made::Form) {
            return match keys.iter().all(|key| key.starts_with('s')) {
                true => Ok(entries.into()),
                false => self.refuse(spot),
            };
        }
        // For each key, the number of the first one that is the same.
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        sort(&mut order, &|a, b| (&keys[a as usize], a) < (&keys[b as usize], b));
        let mut same: Vec<u32> = (0..keys.len() as u32).collect();
        for pair in order.windows(2) {
            if keys[pair[0] as usize] == keys[pair[1] as usize] {
                same[pair[1] as usize] = same[pair[0] as usize];
            }
        }
        // For each key, the place of its entry in the list, and one.
        let (mut places, mut list) = (vec![0_usize; keys.len()], Vec::with_capacity(entries.len()));
        for (entry, key) in entries.iter().zip(key_of) {
            let place = &mut places[same[key as usize] as usize];
            match place.checked_sub(1) {
                Some(place) => list[place] = *entry,
                None => {
                    list.push(*entry);
                    *place = list.len();
                }
            }
        }
        Ok(list.into())
    }

    /// Returns the keys at these places, and for each place the number of its key. A place that comes again has the
    /// same key, which is stored once: the server may repeat a long text.
    fn keys(&self, spots: &[Spot]) -> (Vec<String>, Vec<u32>) {
        let place = |at: u32| {
            let Spot { number, node, made } = spots[at as usize];
            (number, node, made.map_or(0, |made| made as u8 + 1))
        };
        let mut order: Vec<u32> = (0..spots.len() as u32).collect();
        sort(&mut order, &|a, b| place(a) < place(b));
        let (mut keys, mut key_of, mut before) = (Vec::new(), vec![0; spots.len()], None);
        for at in order {
            if before.replace(place(at)) != Some(place(at)) {
                keys.push(self.identity(spots[at as usize]));
            }
            key_of[at as usize] = keys.len() as u32 - 1;
        }
        (keys, key_of)
    }

    /// Returns a text that two keys share if JavaScript takes them for the same key.
    fn identity(&self, spot: Spot) -> String {
        let unique = || ["c", &hex(spot.number), ":", &hex(spot.node), ":", spot.made.map_or("", Made::name)].concat();
        let of = |letter: &str, text: &str| [letter, text].concat();
        match self.lines.get(spot.number as usize).map(|line| &line.content) {
            _ if spot.made.is_some() => unique(),
            None if spot.node == ABSENT => "u".to_owned(),
            None => "l".to_owned(),
            Some(Content::Text(text)) => of("s", text),
            Some(Content::Model(tape)) => match tape.shape(spot.node) {
                Shape::Undefined => "u".to_owned(),
                Shape::Null => "l".to_owned(),
                Shape::True => "t".to_owned(),
                Shape::False => "f".to_owned(),
                Shape::Number => of("n", &hex_of(number::parse(&tape.text(spot.node)))),
                Shape::Text => of("s", &tape.text(spot.node)),
                Shape::Special => match self.special(spot.number, spot.node) {
                    Some(Ok(Special::Scalar(Scalar::Undefined))) => "u".to_owned(),
                    Some(Ok(Special::Scalar(Scalar::Number(number)))) => of("n", &hex_of(number)),
                    Some(Ok(Special::Scalar(Scalar::BigInt(text)))) => of("b", &canonical(&text)),
                    Some(Ok(Special::Scalar(Scalar::Symbol(name)))) => of("y", &name),
                    _ => unique(),
                },
                Shape::Symbol | Shape::Array | Shape::Object => unique(),
            },
            Some(_) => unique(),
        }
    }
}

/// Returns the bits of a number; the same for `0` and `-0`.
fn hex_of(number: f64) -> String {
    let bits = (number + 0.0).to_bits();
    [hex((bits >> 32) as u32), hex(bits as u32)].join("-")
}

fn unmade(kind: Made) -> String {
    ["cannot be made into ", kind.name()].concat()
}
