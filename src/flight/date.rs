//! Reads and writes the one date format of the wire, that of JavaScript's `Date.prototype.toISOString`.
//!
//! The format is `YYYY-MM-DDTHH:mm:ss.sssZ`; a year beyond four digits is `±YYYYYY`. Knows no time zones and no clock.

const MS_PER_DAY: i64 = 86_400_000;
/// Longest distance of a JavaScript date from 1970, in milliseconds.
const MAX_MS: i64 = 8_640_000_000_000_000;

/// Returns milliseconds since 1970, or NaN (JavaScript's invalid date) for any other text.
pub(super) fn parse(text: &str) -> f64 {
    parse_ms(text).map_or(f64::NAN, |ms| ms as f64)
}

/// Writes a date. Returns `None` for an invalid one.
pub(super) fn write(ms: f64) -> Option<String> {
    if !ms.is_finite() || ms.abs() > MAX_MS as f64 {
        return None;
    }
    let ms = ms.trunc() as i64;
    let (year, month, day) = civil(ms.div_euclid(MS_PER_DAY));
    let time = ms.rem_euclid(MS_PER_DAY);
    let (hour, minute, second, milli) = (time / 3_600_000, time / 60_000 % 60, time / 1000 % 60, time % 1000);
    let year = match year {
        0..=9999 => format!("{year:04}"),
        _ => format!("{year:+07}"),
    };
    Some(format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z"))
}

fn parse_ms(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => 0,
    };
    let (year, rest) = if sign == 0 { text.split_at_checked(4)? } else { text.get(1..)?.split_at_checked(6)? };
    let year = number(year)? * if sign < 0 { -1 } else { 1 };
    let bytes = rest.as_bytes();
    if bytes.len() != 20 || [bytes[0], bytes[3], bytes[6], bytes[9], bytes[12], bytes[15], bytes[19]] != *b"--T::.Z" {
        return None;
    }
    let part = |from: usize, to: usize| number(rest.get(from..to)?);
    let (month, day) = (part(1, 3)?, part(4, 6)?);
    let (hour, minute, second, milli) = (part(7, 9)?, part(10, 12)?, part(13, 15)?, part(16, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days(year, month, day);
    if civil(days) != (year, month, day) {
        return None;
    }
    let ms = days * MS_PER_DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + milli;
    (ms.abs() <= MAX_MS).then_some(ms)
}

fn number(digits: &str) -> Option<i64> {
    if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Returns the days from 1970 to a date in the proleptic Gregorian calendar (Howard Hinnant's `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Returns the year, month and day of a number of days since 1970: the inverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written_alike() {
        for (text, ms) in [
            ("1970-01-01T00:00:00.000Z", 0.0),
            ("2024-02-29T12:34:56.789Z", 1_709_210_096_789.0),
            ("1969-12-31T23:59:59.999Z", -1.0),
            ("0000-01-01T00:00:00.000Z", -62_167_219_200_000.0),
            ("+275760-09-13T00:00:00.000Z", 8.64e15),
            ("-271821-04-20T00:00:00.000Z", -8.64e15),
            ("+010000-01-01T00:00:00.000Z", 253_402_300_800_000.0),
        ] {
            assert_eq!(parse(text), ms, "{text}");
            assert_eq!(write(ms).as_deref(), Some(text));
        }
    }

    #[test]
    fn any_other_text_is_an_invalid_date() {
        for text in [
            "",
            "null",
            "xyz",
            "2024-02-30T00:00:00.000Z",
            "2024-13-01T00:00:00.000Z",
            "+275760-09-13T00:00:00.001Z",
            "2024-02-29 12:34:56.789Z",
            "é024-02-29T12:34:56.78Z",
        ] {
            assert!(parse(text).is_nan(), "{text}");
        }
        assert_eq!(write(f64::NAN), None);
        assert_eq!(write(8.64e15 + 2.0), None);
    }
}
