//! Cuts an answer's bytes into rows.
//!
//! Must not depend on how the bytes were cut into chunks. Does not read the rows.
//!
//! ```text
//! row    = id ":" body
//! id     = lower-case hex digits, none = 0
//! body   = lenTag hexlen "," bytes     exactly hexlen bytes, nothing after them
//!        | nlTag text "\n"
//!        | text "\n"                   a model row: JSON, which never begins like a tag
//! lenTag = T A O o U S s L l G g M m V b
//! nlTag  = any other A-Z, "#", "r", "x"
//! ```

use super::{Limits, scan};
use crate::{Error, Kind};

/// Kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// JSON text. Tags without a meaning (`P`, `#`, …) count as this one, as in React's client.
    Model,
    /// `T`: a string, as it is.
    Text,
    /// Bytes: `A` an ArrayBuffer, `O o U S s L l G g M m V` typed arrays, `b` a chunk of a byte stream.
    Bytes(u8),
    /// `E`: a thrown error.
    Error,
    /// `I`: an export of a client module.
    Module,
    /// `R r X x`: the start of a stream or an async iterable.
    Stream(u8),
    /// `C`: its end.
    Close,
    /// `H`, a hint to load something, and `N D J W`, for development. None is part of a value.
    Skipped,
}

/// A complete row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: u32,
    pub(super) tag: Tag,
    /// The bytes after tag and length, without the line end. Empty for a [`Skipped`](Tag::Skipped).
    pub(super) body: Vec<u8>,
}

/// The part of a row that comes next.
#[derive(Clone, Copy, Debug)]
enum State {
    Id { value: u32, digits: u32 },
    Tag,
    Length { tag: Tag, value: usize, digits: u32 },
    Sized { tag: Tag, end: usize },
    Line { tag: Tag, from: usize },
}

/// Cuts a stream into rows.
#[derive(Debug)]
pub(super) struct Rows {
    limits: Limits,
    buffer: Vec<u8>,
    /// Start of the current row.
    row: usize,
    /// Next byte to look at.
    at: usize,
    id: u32,
    state: State,
    total: usize,
}

/// Bytes of a row from which memory is checked before the row is used: running out of it later would end the program.
const HUGE: usize = 16 << 20;

/// Largest id of a row: React stores ids in 32 signed bits.
pub(super) const MAX_ID: u32 = i32::MAX as u32;

impl Rows {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, buffer: Vec::new(), row: 0, at: 0, id: 0, state: State::Id { value: 0, digits: 0 }, total: 0 }
    }

    /// Takes the next bytes of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.total = self.total.saturating_add(bytes.len());
        if self.total > self.limits.total_bytes {
            return Err(broken(format!("the answer is longer than {} bytes", self.limits.total_bytes)));
        }
        if self.row > 0 {
            self.buffer.drain(..self.row);
            self.at -= self.row;
            match &mut self.state {
                State::Sized { end: place, .. } | State::Line { from: place, .. } => *place -= self.row,
                _ => {}
            }
            self.row = 0;
        }
        // Doubling the buffer may need more memory than exactly what is needed.
        let room = self.buffer.try_reserve(bytes.len()).or_else(|_| self.buffer.try_reserve_exact(bytes.len()));
        room.map_err(|_| self.no_room())?;
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Returns the next complete row, or `None` if more bytes are needed. After an error, it must not be called again.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Error> {
        loop {
            match self.state {
                State::Id { value, digits } => {
                    let Some(byte) = self.byte()? else { return Ok(None) };
                    self.state = match (byte, hex(byte)) {
                        (b':', _) => {
                            self.id = value;
                            State::Tag
                        }
                        (_, Some(digit)) if value <= MAX_ID >> 4 => State::Id { value: value << 4 | digit, digits: digits + 1 },
                        (_, Some(_)) => return Err(broken(format!("a row id above {MAX_ID:x}"))),
                        _ => return Err(self.unexpected(byte, "in a row id")),
                    };
                }
                State::Tag => {
                    let Some(&byte) = self.buffer.get(self.at) else { return Ok(None) };
                    self.state = match byte {
                        b'T' => self.sized(Tag::Text),
                        b'A' | b'O' | b'o' | b'U' | b'S' | b's' | b'L' | b'l' | b'G' | b'g' | b'M' | b'm' | b'V' | b'b' => {
                            self.sized(Tag::Bytes(byte))
                        }
                        b'E' => self.line(Tag::Error),
                        b'I' => self.line(Tag::Module),
                        b'R' | b'r' | b'X' | b'x' => self.line(Tag::Stream(byte)),
                        b'C' => self.line(Tag::Close),
                        b'H' | b'N' | b'D' | b'J' | b'W' => self.line(Tag::Skipped),
                        b'A'..=b'Z' | b'#' => self.line(Tag::Model),
                        _ => State::Line { tag: Tag::Model, from: self.at },
                    };
                }
                State::Length { tag, value, digits } => {
                    let Some(byte) = self.byte()? else { return Ok(None) };
                    self.state = match (byte, hex(byte)) {
                        (b',', _) if digits > 0 => State::Sized { tag, end: self.at + value },
                        (_, Some(digit)) => {
                            let value = value << 4 | digit as usize;
                            if value > self.limits.row_bytes {
                                return Err(self.too_long());
                            }
                            State::Length { tag, value, digits: digits + 1 }
                        }
                        _ => return Err(self.unexpected(byte, "in a length")),
                    };
                }
                State::Sized { tag, end } => {
                    if self.buffer.len() < end {
                        return Ok(None);
                    }
                    return self.finish(tag, self.at, end, end).map(Some);
                }
                State::Line { tag, from } => {
                    let end = scan::find(&self.buffer, self.at, b'\n');
                    if end.unwrap_or(self.buffer.len()) - self.row > self.limits.row_bytes {
                        return Err(self.too_long());
                    }
                    let Some(end) = end else {
                        self.at = self.buffer.len();
                        return Ok(None);
                    };
                    return self.finish(tag, from, end, end + 1).map(Some);
                }
            }
        }
    }

    /// Returns the row inside which the stream ended: `None` if it ended between rows, `Some(None)` if inside an id.
    pub(super) fn unfinished_row(&self) -> Option<Option<u32>> {
        match self.state {
            State::Id { digits: 0, .. } => None,
            State::Id { .. } => Some(None),
            _ => Some(Some(self.id)),
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, Error> {
        let byte = self.buffer.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        if self.at - self.row > self.limits.row_bytes { Err(self.too_long()) } else { Ok(byte) }
    }

    fn sized(&mut self, tag: Tag) -> State {
        self.at += 1;
        State::Length { tag, value: 0, digits: 0 }
    }

    fn line(&mut self, tag: Tag) -> State {
        self.at += 1;
        State::Line { tag, from: self.at }
    }

    fn finish(&mut self, tag: Tag, from: usize, to: usize, end: usize) -> Result<Row, Error> {
        // Making the value copies the row, and once more if anything is cut out of its text.
        if to - from >= HUGE && Vec::<u8>::new().try_reserve_exact((to - from).saturating_mul(2)).is_err() {
            return Err(self.no_room());
        }
        (self.row, self.at) = (end, end);
        let body = if matches!(tag, Tag::Skipped) {
            Vec::new()
        } else if end == self.buffer.len() && to - from > self.buffer.capacity() / 2 {
            (self.row, self.at) = (0, 0);
            self.buffer.truncate(to);
            self.buffer.drain(..from);
            std::mem::take(&mut self.buffer)
        } else {
            self.buffer[from..to].to_vec()
        };
        self.state = State::Id { value: 0, digits: 0 };
        Ok(Row { id: self.id, tag, body })
    }

    fn unexpected(&self, byte: u8, place: &str) -> Error {
        let at = self.total - self.buffer.len() + self.at - 1;
        broken(format!("byte {at}: unexpected '{}' {place}", byte.escape_ascii()))
    }

    fn no_room(&self) -> Error {
        broken(format!("row {:x}: there is no memory for it", self.id))
    }

    fn too_long(&self) -> Error {
        broken(format!("row {:x}: longer than {} bytes", self.id, self.limits.row_bytes))
    }
}

fn hex(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'a'..=b'f' => Some(u32::from(byte - b'a') + 10),
        _ => None,
    }
}

fn broken(message: String) -> Error {
    Error::new(Kind::Decode, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has every kind of row, line ends inside lengths, characters of 2, 3 and 4 bytes, and bytes that look like rows.
    const MIXED: &[u8] =
        b"0:{\"a\":\"$@1\"}\n:HL[\"/a.css\"]\n1:T9,\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x802:o4,\n:1\n1f:E{\"digest\":\"x\"}\n\
3:T0,4:R\n4:T3,\xef\xbb\xbf4:C\n5:I[]\n6:\n7:P1\n8:#2\n9:D\"$1\"\na:t\n";

    fn rows(chunks: &[&[u8]]) -> Result<Vec<Row>, Error> {
        let mut rows = Rows::new(Limits::DEFAULT);
        let mut out = Vec::new();
        for chunk in chunks {
            rows.push(chunk)?;
            while let Some(row) = rows.next()? {
                out.push(row);
            }
        }
        Ok(out)
    }

    fn row(id: u32, tag: Tag, body: &[u8]) -> Row {
        Row { id, tag, body: body.to_vec() }
    }

    #[test]
    fn a_stream_has_the_same_rows_in_any_chunks() {
        let expected = [
            row(0, Tag::Model, b"{\"a\":\"$@1\"}"),
            row(0, Tag::Skipped, b""),
            row(1, Tag::Text, "é中😀".as_bytes()),
            row(2, Tag::Bytes(b'o'), b"\n:1\n"),
            row(0x1f, Tag::Error, b"{\"digest\":\"x\"}"),
            row(3, Tag::Text, b""),
            row(4, Tag::Stream(b'R'), b""),
            row(4, Tag::Text, b"\xef\xbb\xbf"),
            row(4, Tag::Close, b""),
            row(5, Tag::Module, b"[]"),
            row(6, Tag::Model, b""),
            row(7, Tag::Model, b"1"),
            row(8, Tag::Model, b"2"),
            row(9, Tag::Skipped, b""),
            row(10, Tag::Model, b"t"),
        ];
        let whole = rows(&[MIXED]).expect("rows");
        assert_eq!(whole, expected);
        for cut in 0..=MIXED.len() {
            assert_eq!(rows(&[&MIXED[..cut], &MIXED[cut..]]).expect("rows"), whole, "cut at {cut}");
        }
        for size in [1, 3, 7] {
            assert_eq!(rows(&MIXED.chunks(size).collect::<Vec<_>>()).expect("rows"), whole, "chunks of {size}");
        }
    }

    #[test]
    fn a_row_without_its_end_is_not_a_row() {
        for (bytes, inside) in [
            (&b"1:\"a\"\n"[..], None),
            (b"1:\"a\"\n2", Some(None)),
            (b"1:\"a\"\n2:", Some(Some(2))),
            (b"2:\"a\"", Some(Some(2))),
            (b"2:T4,abc", Some(Some(2))),
        ] {
            let mut rows = Rows::new(Limits::DEFAULT);
            rows.push(bytes).expect("within bounds");
            while rows.next().expect("rows").is_some() {}
            assert_eq!(rows.unfinished_row(), inside);
        }
    }

    #[test]
    fn ids_have_leading_zeros_and_a_limit() {
        assert_eq!(rows(&[b"0000000001:1\n"]).expect("rows")[0].id, 1);
        assert_eq!(rows(&[b"7fffffff:1\n"]).expect("rows")[0].id, 0x7fff_ffff);
        for bytes in [&b"80000000:1\n"[..], b"100000001:1\n"] {
            assert_eq!(rows(&[bytes]).expect_err("too large").message(), "a row id above 7fffffff");
        }
    }

    #[test]
    fn an_unexpected_byte_is_named_with_its_place() {
        let error = rows(&[b"0:1\n", b"1F:1\n"]).expect_err("upper case");
        assert_eq!(error.message(), "byte 5: unexpected 'F' in a row id");
        assert_eq!(error.kind(), Kind::Decode);
        assert_eq!(rows(&[b"1:TA,"]).expect_err("upper case").message(), "byte 3: unexpected 'A' in a length");
        assert_eq!(rows(&[b"1:T,"]).expect_err("no length").message(), "byte 3: unexpected ',' in a length");
        assert_eq!(rows(&[b"\n"]).expect_err("empty line").message(), "byte 0: unexpected '\\n' in a row id");
    }

    #[test]
    fn rows_and_answers_have_limits() {
        let limits = Limits { row_bytes: 10, total_bytes: 40, ..Limits::DEFAULT };
        for bytes in [&b"1:Tb,"[..], b"1:Tffffffffffffffff,", b"1:\"aaaaaaaaaaaaa", b"0000000000000000"] {
            let mut rows = Rows::new(limits);
            rows.push(bytes).expect("within bounds");
            let error = rows.next().expect_err("too long");
            assert!(error.message().ends_with("longer than 10 bytes"), "{error}");
        }
        let mut rows = Rows::new(limits);
        assert!(rows.push(&[b'0'; 40]).is_ok());
        assert_eq!(rows.push(b"0").expect_err("too long").message(), "the answer is longer than 40 bytes");
    }
}
