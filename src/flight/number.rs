//! Reads and writes numbers as JavaScript does.
//!
//! Knows no locale.

use std::fmt::Write as _;

use crate::text::digits;

/// Writes a finite number as JavaScript's `Number::toString` does (`-0` as `0`).
pub(super) fn write(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        let sign = if number < 0.0 { "-" } else { "" };
        return [sign, &digits(number.abs() as u64)].concat();
    }
    crate::javascript::number_to_text(number).unwrap_or_else(|| shortest(number))
}

fn shortest(number: f64) -> String {
    let mut out = String::new();
    // `{:e}` writes the same shortest digits; only their layout differs.
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len() as i32;
    out.push_str(sign);
    if !(-5..=21).contains(&point) {
        out.push_str(&digits[..1]);
        if count > 1 {
            out.push('.');
            out.push_str(&digits[1..]);
        }
        let _ = write!(out, "e{:+}", point - 1);
    } else if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -point as usize));
        out.push_str(&digits);
    } else if point >= count {
        out.push_str(&digits);
        out.extend(std::iter::repeat_n('0', (point - count) as usize));
    } else {
        out.push_str(&digits[..point as usize]);
        out.push('.');
        out.push_str(&digits[point as usize..]);
    }
    out
}

/// Reads a number of a JSON text.
pub(super) fn parse(text: &str) -> f64 {
    let long = || crate::javascript::text_to_number(text).unwrap_or_else(|| text.parse().unwrap_or(f64::NAN));
    short(text).unwrap_or_else(long)
}

/// Reads a number whose digits and power of ten are small: both are exact, so their product is rounded once.
fn short(text: &str) -> Option<f64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let (mut whole, mut decimals, mut point) = (0_u64, 0, false);
    if rest.len() > 16 {
        return None;
    }
    for byte in rest.bytes() {
        match byte {
            b'0'..=b'9' => {
                whole = whole * 10 + u64::from(byte - b'0');
                decimals += i32::from(point);
            }
            b'.' => point = true,
            _ => return None,
        }
    }
    if whole >= 1 << 53 {
        return None;
    }
    let mut power = 1.0;
    for _ in 0..decimals {
        power *= 10.0;
    }
    Some(sign * whole as f64 / power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (number, text) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (-12.25, "-12.25"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (1.25e-9, "1.25e-9"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (0.1, "0.1"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(write(number), text);
            assert_eq!(parse(text), number);
        }
    }

    #[test]
    fn numbers_are_read_as_the_standard_library_reads_them() {
        for text in
            ["-0", "0.1", "-0.5", "9007199254740991", "9007199254740993", "123456.789012345", "0.000000000000001", "1e400", "1.5E-7"]
        {
            assert_eq!(parse(text).to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
        let mut random = 1_u64;
        for _ in 0..100_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (whole, decimals) = (random >> 11, (random % 17) as usize);
            let text = format!("{:017}", whole >> (random % 50));
            let text = format!("{}.{}", text[..17 - decimals].trim_start_matches('0'), &text[17 - decimals..]);
            let text = format!("{}{}", if text.starts_with('.') { "0" } else { "" }, text.trim_end_matches('.'));
            assert_eq!(parse(&text).to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
    }
}
