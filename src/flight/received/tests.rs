//! Checks what an answer notes about its rows.

use super::*;

#[test]
fn parts_inside_each_other_are_noted_once() {
    let (deep, wide) = (100, 50);
    let parts: Vec<String> = (0..deep).map(|depth| format!("\"$0:x{}\"", ":0".repeat(depth))).collect();
    let inside = vec!["\"$1\""; wide].join(",");
    let row = format!("0:{{\"a\":[{}],\"x\":{}{inside}{}}}\n", parts.join(","), "[".repeat(deep), "]".repeat(deep));
    let mut answer = Received::action(None);
    answer.push(row.as_bytes()).unwrap();
    assert!(answer.value().is_pending(), "row 1 is missing");
    assert_eq!(answer.checks.len(), deep + wide);
    answer.push(b"1:5\n").unwrap();
    assert!(matches!(answer.value(), Poll::Ready(Ok(()))));
}
