//! Draws measured runs as waterfalls: an image for README.md, readable on light and on dark pages.
//!
//! Must not measure, and must not know an action by name.

use std::fmt::Write as _;

/// A bar of a waterfall, in ms since the click.
pub(crate) struct Bar<'a> {
    pub(crate) action: &'a str,
    /// Until the request: the call waits for its turn.
    pub(crate) starts: f64,
    /// Until the value.
    pub(crate) ends: f64,
}

/// A run: its bars, and the moment for which the user waits.
pub(crate) struct Waterfall<'a> {
    pub(crate) title: &'a str,
    pub(crate) bars: Vec<Bar<'a>>,
    pub(crate) ready: f64,
}

/// Left edge of the bars, and their width together with the margin at the right.
const LEFT: f64 = 190.0;
const WIDTH: f64 = 760.0;
const SCALE: f64 = WIDTH - LEFT - 70.0;
/// Height of a bar with the space below it, and of a title with the space above it.
const STEP: f64 = 30.0;
const TITLE: f64 = 46.0;

/// The image brings its own colours: a page shows it as a picture, whose style sheet cannot see the page's.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.dim{fill:#59636e}\
    .wait{fill:#d1d9e0}.run{fill:#0969da}.ready{stroke:#1a7f37;stroke-width:2}.ready-text{fill:#1a7f37;font-weight:600;text-anchor:end}\
    @media(prefers-color-scheme:dark){text{fill:#f0f6fc}.dim{fill:#9198a1}.wait{fill:#3d444d}.run{fill:#4493f8}\
    .ready{stroke:#3fb950}.ready-text{fill:#3fb950}}";

/// Returns the image: one waterfall below the other, with one scale. `note` is the line below them.
pub(crate) fn svg(waterfalls: &[Waterfall<'_>], note: &str) -> String {
    let longest = waterfalls.iter().flat_map(|waterfall| waterfall.bars.iter().map(|bar| bar.ends)).fold(1.0, f64::max);
    let at = |ms: f64| LEFT + ms / longest * SCALE;
    let mut body = String::new();
    let mut top = 0.0;
    for Waterfall { title, bars, ready } in waterfalls {
        top += TITLE;
        text(&mut body, 10.0, top - 16.0, "title", title);
        let (first, x) = (top - 4.0, at(*ready));
        for bar in bars {
            text(&mut body, 10.0, top + 15.0, "dim", bar.action);
            rectangle(&mut body, "wait", at(0.0), at(bar.starts), top);
            rectangle(&mut body, "run", at(bar.starts), at(bar.ends), top);
            text(&mut body, at(bar.ends) + 8.0, top + 15.0, "dim", &seconds(bar.ends - bar.starts));
            top += STEP;
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(body, "<line class=\"ready\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{first:.1}\" y2=\"{:.1}\"/>", top + 2.0);
        text(&mut body, WIDTH - 10.0, first - 12.0, "ready-text", &format!("session ready: {}", seconds(*ready)));
    }
    top += 22.0;
    text(&mut body, 10.0, top, "dim", note);
    let height = top + 12.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <style>{STYLE}</style>\n{body}</svg>\n"
    )
}

fn text(body: &mut String, x: f64, y: f64, class: &str, said: &str) {
    let said = said.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(body, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{said}</text>");
}

/// Adds the part of a bar between two places, unless it is too small to be seen.
fn rectangle(body: &mut String, class: &str, from: f64, to: f64, top: f64) {
    if to - from >= 0.5 {
        let _ =
            writeln!(body, "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"20\" rx=\"3\"/>", to - from);
    }
}

/// Returns a time as documents say it: `0.40 s`.
pub(crate) fn seconds(ms: f64) -> String {
    format!("{:.2} s", ms / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_one_scale_and_a_part_that_waits() {
        let bars = || vec![Bar { action: "a<b", starts: 0.0, ends: 2000.0 }, Bar { action: "c", starts: 2000.0, ends: 2500.0 }];
        let image = svg(
            &[Waterfall { title: "one & two", bars: bars(), ready: 2500.0 }, Waterfall { title: "three", bars: Vec::new(), ready: 0.0 }],
            "n",
        );
        assert_eq!(image.matches("class=\"run\"").count(), 2);
        assert_eq!(image.matches("class=\"wait\"").count(), 1, "the first bar does not wait");
        assert!(image.contains("one &amp; two") && image.contains("a&lt;b") && image.contains("session ready: 2.50 s"));
        assert!(image.contains(&format!("x=\"{LEFT:.1}\" y=\"{TITLE:.1}\" width=\"{:.1}\"", SCALE * 0.8)), "{image}");
    }

    #[test]
    fn the_image_has_colours_for_dark_pages() {
        assert!(svg(&[], "").contains("prefers-color-scheme:dark"));
    }
}
