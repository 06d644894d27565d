//! Writes and reads texts and numbers as bytes. Knows no fields of a record.

/// Length of version and check, in bytes.
const HEAD: usize = 5;

pub(super) struct Writer(Vec<u8>);

impl Default for Writer {
    fn default() -> Self {
        Self(vec![0; HEAD])
    }
}

impl Writer {
    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend(text.as_bytes());
    }

    pub(super) fn number(&mut self, number: f64) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn integer(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn length(&mut self, length: usize) {
        // A text too long for the length reads as torn.
        self.0.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    pub(super) fn finish(mut self, version: u8) -> Vec<u8> {
        let check = fnv(&self.0[HEAD..]).to_le_bytes();
        self.0[0] = version;
        self.0[1..HEAD].copy_from_slice(&check);
        self.0
    }
}

pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Returns `None` if the check does not agree.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let (head, fields) = bytes.split_at_checked(HEAD)?;
        (head[1..] == fnv(fields).to_le_bytes()).then_some(Self(fields))
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }

    pub(super) fn integer(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.take::<1>()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    pub(super) fn length(&mut self) -> Option<usize> {
        self.take().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}

/// Computes FNV-1a. It detects damage, not forgery.
pub(super) fn fnv(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
