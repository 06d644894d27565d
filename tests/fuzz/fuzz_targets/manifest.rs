//! Checks hostile documents and scripts: each is read to its end, lists keep their limits, ids are ids, and a call
//! after them is found.
#![no_main]

use std::fmt::Write as _;

use actionlane::protocol::manifest::{
    Document, Lookup, NamedActions, asset_prefix, base_path, is_own_script, is_replaceable_by, scan_html, scan_script,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = text(data);

    let mut actions = NamedActions::default();
    scan_script(&text, &mut actions);
    scan_script(CALL, &mut actions);
    let id = match actions.lookup("a name that no piece has") {
        Lookup::Found(id) => id,
        other => panic!("the call behind it: {other:?}"),
    };
    assert!(is_replaceable_by(&id, &id) && CALL.contains(id.as_str()));
    check(&actions.lookup("save"));

    check_document(&scan_html(&text));
    check_document(&scan_html(&format!("<script>{text}</script>")));
    check_document(&scan_html(&format!("<script>self.__next_f.push([1,\"{text}\"])</script>")));
    let mut flight = String::new();
    text.chars().for_each(|char| match char {
        '"' | '\\' | '<' | '\0'..' ' => write!(flight, "\\u{:04x}", u32::from(char)).unwrap_or_default(),
        other => flight.push(other),
    });
    check_document(&scan_html(&format!("<script>self.__next_f.push([1,\"{flight}\"])</script>")));
});

const CALL: &str = "(0,n.createServerReference)(\"40bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",n.callServer,void 0,n.findSourceMapURL,\"a name that no piece has\")";

fn check(lookup: &Lookup) {
    if let Lookup::Found(id) = lookup {
        check_id(id.as_str());
    }
}

fn check_id(id: &str) {
    assert!(matches!(id.len(), 40 | 42) && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{id}");
}

fn check_document(document: &Document) {
    for urls in [&document.scripts, &document.chunks] {
        assert!(urls.len() <= 512);
        for (at, url) in urls.iter().enumerate() {
            assert!(!url.is_empty() && !urls[..at].contains(url));
            let prefix = asset_prefix(url).unwrap_or_default();
            assert_eq!(
                is_own_script(url, "http://a", &[prefix]),
                url.starts_with("http") && (!prefix.is_empty() || url.starts_with("http://a/"))
            );
        }
    }
    document.ids.iter().for_each(|id| check_id(id.as_str()));
    for loaded in ["/", "/a", "/a/b/"] {
        for prefix in [None, Some(""), Some("/a"), document.path.as_deref()] {
            let base = base_path(document.path.as_deref(), loaded, prefix);
            assert!(loaded.starts_with(base) && !base.ends_with('/'), "{base}");
        }
    }
    let words = [&document.build, &document.path, &document.deployment];
    assert!(words.iter().copied().flatten().all(|word| word.len() < 1 << 20));
}

/// Makes a text from an input: a byte from 128 on is a piece, any other byte is itself.
fn text(data: &[u8]) -> String {
    let mut out = String::new();
    for byte in data {
        match byte.checked_sub(128) {
            None => out.push(char::from(*byte)),
            Some(piece) => out.push_str(PIECES[usize::from(piece) % PIECES.len()]),
        }
    }
    out
}

/// Pieces of scripts, documents and Flight texts.
const PIECES: [&str; 65] = [
    "createServerReference",
    "createServerReference)(",
    "[\"createServerReference\"])(",
    "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "\"40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",",
    "(\"7fcccccccccccccccccccccccccccccccccccccccc\",a,b,c,\"save\")",
    "n.callServer,void 0,n.findSourceMapURL,",
    "\"save\")",
    "\\u0073ave",
    "\\u{73}",
    "\\x73",
    "\\ud83d",
    "\\ude00",
    "\\",
    "/*",
    "*/",
    "//",
    "\"",
    "'",
    "`",
    "${",
    "é",
    "😀",
    "<html data-dpl-id=\"",
    "<script",
    "<script>",
    "</script>",
    "</script",
    " src=",
    " src=\"/_next/static/chunks/a.js\"",
    " nomodule",
    "<link rel=preload as=script href=",
    "<input name=\"$ACTION_ID_",
    "<input name=\"$ACTION_1:0\" value='",
    "{&quot;id&quot;:&quot;",
    "<!--",
    "-->",
    "<!",
    "</",
    "<style>",
    "</style>",
    "<noscript>",
    "&amp;",
    "&#x",
    "&#60;",
    "self.__next_f.push([1,\"",
    "self.__next_f.push([3,\"",
    "self.__next_f.push([2,",
    "\"])",
    "\n0:{",
    "\"b\":\"",
    "\"c\":[\"\",\"a",
    "0:[\"$\",{\"buildId\":\"x\"",
    "\n1:I[1,[\"",
    "/_next/static/chunks/",
    "static/chunks/",
    ".js\"",
    ".js?dpl=1",
    "\n2:\"",
    "\n3:{\"id\":\"",
    "\",\"bound\":",
    "\n4:T",
    "5,",
    ":",
];
