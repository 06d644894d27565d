//! Reads and makes the trace headers of a request. Makes no random numbers: they are arguments.

use crate::{Error, Kind};

/// Name of the header with the trace and the span (W3C Trace Context).
///
/// ```
/// use actionlane::protocol::{REQUEST_ID, TRACEPARENT, TraceContext, request_id};
///
/// // The headers of one attempt. The bytes come from the caller's source of random numbers.
/// let headers = [
///     (TRACEPARENT, TraceContext::new([0x4b; 16]).traceparent([0x11; 8])),
///     (REQUEST_ID, request_id([0xff; 16])),
/// ];
/// assert_eq!(headers[0], ("traceparent", format!("00-{}-{}-01", "4b".repeat(16), "11".repeat(8))));
/// assert_eq!(headers[1], ("x-request-id", "ffffffff-ffff-4fff-bfff-ffffffffffff".to_owned()));
/// ```
pub const TRACEPARENT: &str = "traceparent";

/// Name of the header with the id by which logs identify a request.
pub const REQUEST_ID: &str = "x-request-id";

/// The trace that a call belongs to. All attempts of the call share it; each attempt is a span of its own.
///
/// ```
/// use actionlane::protocol::TraceContext;
///
/// let trace = TraceContext::new([0x4b; 16]);
/// let (first, second) = (trace.traceparent([1; 8]), trace.traceparent([2; 8]));
/// assert_eq!(first[..36], second[..36], "the same trace");
/// assert_ne!(first, second, "another span");
/// ```
///
/// ```text
/// traceparent = version "-" trace-id "-" span-id "-" flags
///
/// 2, 32, 16 and 2 lower-case hexadecimal digits; no id is all zeros
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace: String,
    flags: String,
}

impl TraceContext {
    /// Begins a new trace, which is sampled. `random`: the id of the trace.
    pub fn new(mut random: [u8; 16]) -> Self {
        Self { trace: id(&mut random), flags: "01".to_owned() }
    }

    /// Continues the trace of `parent`, the value of a `traceparent` header. Of versions after 00 it reads only
    /// the parts that version 00 has.
    ///
    /// Fails with [`Kind::InvalidOption`] if `parent` is not such a value.
    ///
    /// ```
    /// use actionlane::protocol::TraceContext;
    ///
    /// let trace = TraceContext::continuing("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")?;
    /// assert_eq!(trace.traceparent([0x11; 8]), "00-4bf92f3577b34da6a3ce929d0e0e4736-1111111111111111-01");
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn continuing(parent: &str) -> Result<Self, Error> {
        read(parent).ok_or_else(|| {
            let message = "trace: traceparent is not one as \"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\"";
            Error::new(Kind::InvalidOption, message)
        })
    }

    /// Returns the header's value for one request of this trace. `random`: the id of its span.
    pub fn traceparent(&self, mut random: [u8; 8]) -> String {
        ["00", &self.trace, &id(&mut random), &self.flags].join("-")
    }
}

/// Returns an id for a request: a UUID of version 4, made of `random`.
///
/// ```
/// assert_eq!(actionlane::protocol::request_id([0; 16]), "00000000-0000-4000-8000-000000000000");
/// ```
pub fn request_id(mut random: [u8; 16]) -> String {
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    let mut text = hex(&random);
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}

fn read(parent: &str) -> Option<TraceContext> {
    const DASHES: [usize; 3] = [2, 35, 52];
    let (head, rest) = parent.as_bytes().split_at_checked(55)?;
    let shaped = head.iter().enumerate().all(|(at, byte)| if DASHES.contains(&at) { *byte == b'-' } else { is_hex(*byte) });
    let (version, trace, span, flags) = (parent.get(..2)?, parent.get(3..35)?, parent.get(36..52)?, parent.get(53..55)?);
    let known = version == "00";
    // A header contains only visible ASCII.
    let more = !known && rest.starts_with(b"-") && rest.iter().all(u8::is_ascii_graphic);
    let ended = rest.is_empty() || more;
    if !shaped || !ended || version == "ff" || is_zero(trace) || is_zero(span) {
        return None;
    }
    let flags = if known { flags } else { sampled(head[54]) };
    Some(TraceContext { trace: trace.to_owned(), flags: flags.to_owned() })
}

/// Returns the flags to send for those of a later version (its last digit). Only the flag "sampled" is known to
/// mean the same.
fn sampled(digit: u8) -> &'static str {
    let value = if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 };
    if value & 1 == 1 { "01" } else { "00" }
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_zero(id: &str) -> bool {
    id.bytes().all(|digit| digit == b'0')
}

/// Returns the id as hexadecimal digits. An id of zeros only is not valid, so its last byte becomes 1.
fn id(random: &mut [u8]) -> String {
    if let [zeros @ .., last] = random
        && *last == 0
        && zeros.iter().all(|byte| *byte == 0)
    {
        *last = 1;
    }
    hex(random)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const SPAN: &str = "00f067aa0ba902b7";

    fn continued(parent: &str) -> Option<String> {
        TraceContext::continuing(parent).ok().map(|trace| trace.traceparent([0xab; 8]))
    }

    #[test]
    fn a_new_trace_is_sampled_and_each_request_is_a_span_of_its_own() {
        let trace = TraceContext::new([0x0f; 16]);
        let of = |span: &str| format!("00-{}-{span}-01", "0f".repeat(16));
        assert_eq!(trace.traceparent([1; 8]), of("0101010101010101"));
        assert_eq!(trace.traceparent([0xfe; 8]), of("fefefefefefefefe"));
    }

    #[test]
    fn an_id_is_never_all_zero() {
        let made = TraceContext::new([0; 16]).traceparent([0; 8]);
        assert_eq!(made, format!("00-{}1-{}1-01", "0".repeat(31), "0".repeat(15)));
        assert!(TraceContext::continuing(&made).is_ok());
    }

    #[test]
    fn a_parent_gives_its_trace_and_its_flags() {
        for flags in ["00", "01", "03", "ff"] {
            let parent = format!("00-{TRACE}-{SPAN}-{flags}");
            assert_eq!(continued(&parent).unwrap(), format!("00-{TRACE}-{}-{flags}", "ab".repeat(8)));
        }
    }

    #[test]
    fn the_known_parts_of_a_later_version_are_read() {
        for (parent, flags) in [("cc-T-S-01", "01"), ("cc-T-S-02", "00"), ("01-T-S-ff-what-the-future-brings", "01"), ("01-T-S-01-", "01")]
        {
            let parent = parent.replace('T', TRACE).replace('S', SPAN);
            assert_eq!(continued(&parent).unwrap(), format!("00-{TRACE}-{}-{flags}", "ab".repeat(8)), "{parent}");
        }
    }

    #[test]
    fn an_invalid_traceparent_is_refused() {
        let zeros = |digits: usize| "0".repeat(digits);
        let cases = [
            String::new(),
            "-".repeat(55),
            TRACE.to_owned(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("01-{TRACE}-{SPAN}-01.more"),
            format!("0-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}-0x"),
            format!("00-{}-{SPAN}-01", zeros(32)),
            format!("00-{TRACE}-{}-01", zeros(16)),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}a-{SPAN}-01"),
            format!(" 00-{TRACE}-{SPAN}-01"),
            format!("00-{}é-{SPAN}-01", &TRACE[2..]),
        ];
        for parent in cases {
            let error = TraceContext::continuing(&parent).unwrap_err();
            assert_eq!(error.kind(), Kind::InvalidOption, "{parent}");
        }
    }

    #[test]
    fn the_id_of_a_request_is_a_uuid_of_version_4() {
        assert_eq!(request_id([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(request_id([0; 16]), "00000000-0000-4000-8000-000000000000");
    }
}
