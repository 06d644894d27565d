//! Reads the dates of HTTP headers. Knows no clock: the answer's own `date` says when it was written.

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Returns the milliseconds from `from` to `to`, both as RFC 9110 has servers write them
/// (`Wed, 21 Oct 2026 07:28:00 GMT`). NaN if either is anything else.
pub(super) fn between(from: &str, to: &str) -> f64 {
    match (seconds(from), seconds(to)) {
        (Some(from), Some(to)) => (to - from) as f64 * 1000.0,
        _ => f64::NAN,
    }
}

/// Returns the seconds since the start of the year 0.
fn seconds(date: &str) -> Option<i64> {
    let date = date.trim().as_bytes();
    let number = |at: usize, digits: usize, largest: i64| -> Option<i64> {
        let digits = date.get(at..at + digits)?;
        let add = |number: i64, byte: &u8| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'));
        digits.iter().try_fold(0, add).filter(|number| *number <= largest)
    };
    let is_at = |at: usize, text: &str| date.get(at..at + text.len()) == Some(text.as_bytes());
    let marks = [(3, ", "), (7, " "), (11, " "), (16, " "), (19, ":"), (22, ":"), (25, " GMT")];
    let shaped = date.len() == 29 && marks.iter().all(|(at, mark)| is_at(*at, mark));
    let month = MONTHS.iter().position(|known| is_at(8, known))? as i64 + 1;
    let (day, year) = (number(5, 2, 31)?, number(12, 4, 9999)?);
    let (hour, minute, second) = (number(17, 2, 23)?, number(20, 2, 59)?, number(23, 2, 60)?);
    if !shaped || day == 0 {
        return None;
    }
    // Counts years from March on, so that a leap day is the last of its year.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_two_dates_is_exact() {
        for (from, to, ms) in [
            ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:01 GMT", 1000.0),
            ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:27:00 GMT", -60_000.0),
            ("Sat, 28 Feb 2026 23:59:59 GMT", "Sun, 01 Mar 2026 00:00:00 GMT", 1000.0),
            ("Wed, 28 Feb 2024 00:00:00 GMT", "Fri, 01 Mar 2024 00:00:00 GMT", 2.0 * 86_400_000.0),
            ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", 4_102_444_800_000.0),
        ] {
            assert_eq!(between(from, to), ms, "{from} to {to}");
        }
    }

    #[test]
    fn any_other_text_is_not_a_date() {
        let now = "Wed, 21 Oct 2026 07:28:00 GMT";
        for text in ["", "soon", "Wed, 21 Oct 2026 07:28:00", "Wed 21 Oct 2026 07:28:00 GMT", "Wed, 0 Oct 2026 07:28:00 GMT"] {
            assert!(between(now, text).is_nan() && between(text, now).is_nan(), "{text}");
        }
        for text in ["Wed, 21 Okt 2026 07:28:00 GMT", "Wed, 21 Oct 2026 24:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT+1"] {
            assert!(between(now, text).is_nan(), "{text}");
        }
    }
}
