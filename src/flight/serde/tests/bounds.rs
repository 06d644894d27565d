//! Checks that the server's bounds are kept where texts are written without values, and that rows may be hostile.

use serde::ser::SerializeSeq;

use super::*;

/// A list that does not say its length in advance.
struct Unsized(usize);

impl Serialize for Unsized {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        (0..self.0).try_for_each(|item| list.serialize_element(&item))?;
        list.end()
    }
}

/// Returns the messages with which both writers refuse a value, without the places.
fn refused<T: Serialize>(value: T) -> [String; 2] {
    let messages = [write(&value).err(), to_reply(&value).err()];
    messages.map(|error| {
        let message = error.map_or_else(|| "it is accepted".to_owned(), |error| error.message().to_owned());
        message.find("makes an array").map_or(message.clone(), |from| message[from..].to_owned())
    })
}

#[test]
fn arguments_of_unknown_number_are_bounded() {
    assert!(write(&Unsized(1000)).is_ok());
    for [rows, values] in [refused(Unsized(1001)), refused(Some(Unsized(1001)))] {
        assert_eq!(rows, values);
        assert!(rows.contains("more than 1000 arguments"), "{rows}");
    }
}

#[test]
fn a_map_counts_as_the_arrays_that_the_server_reads() {
    fn numbered(entries: u32) -> (BTreeMap<u32, u32>,) {
        ((0..entries).map(|number| (number, number)).collect(),)
    }
    assert!(write(&numbered(249_999)).is_ok() && to_reply(&numbered(249_999)).is_ok());
    for [rows, values] in [
        refused(numbered(250_001)),
        refused((BTreeMap::from([(1, "x".repeat(1_000_000))]),)),
        refused((BTreeMap::from([(1, vec![0; 999_990]), (2, vec![])]),)),
    ] {
        assert_eq!(rows, values);
        assert!(rows.contains("too big for the server"), "{rows}");
    }
    assert!(write(&(BTreeMap::from([("a", "x".repeat(1_000_000)), ("b", String::new())]),)).is_ok());
}

#[test]
fn a_long_text_may_come_often_in_a_set() {
    let (text, often) = ("x".repeat(4 << 20), 30_000);
    let rows = format!("0:\"$W2\"\n1:T{:x},{text}2:[{}]\n", text.len(), vec!["\"$1\""; often].join(","));
    let set: Vec<String> = from_stream(rows.as_bytes()).unwrap();
    assert_eq!(set, [text]);
}

#[test]
fn keys_that_come_again_are_one_entry_wherever_they_are() {
    let rows = b"0:\"$Q1\"\n1:[[\"$2\",1],[0,2],[\"a\",3],[\"$-0\",4],[[],5],[\"$2\",6],[[],7],[],[\"$undefined\",8]]\n2:\"a\"\n";
    let read = from_stream::<Vec<(serde::de::IgnoredAny, Option<u8>)>>(rows).unwrap();
    assert_eq!(read.into_iter().map(|(_, number)| number).collect::<Vec<_>>(), [6, 4, 5, 7, 8].map(Some));
}

#[test]
fn rows_are_found_by_ids_that_end_alike() {
    let ids: Vec<u32> =
        (0..8).flat_map(|high| (0..16).map(move |low| (high << 28 | low << 2) & 0x7fff_ffff)).filter(|id| *id > 0).collect();
    let ids: BTreeSet<u32> = ids.into_iter().chain([0x4000_0000, 0x7fff_ffff, 0x3fff_ffff, 1, 2, 3]).collect();
    let references: Vec<String> = ids.iter().map(|id| format!("\"${id:x}\"")).collect();
    let rows: String = ids.iter().rev().map(|id| format!("{id:x}:{id}\n")).collect();
    let read: Vec<u32> = from_stream(format!("0:[{}]\n{rows}", references.join(",")).as_bytes()).unwrap();
    assert_eq!(read, ids.into_iter().collect::<Vec<_>>());
}

#[test]
fn following_references_takes_from_the_budget() {
    let read = |rows: &str, budget: usize| {
        let mut answer = Received::stream();
        answer.push(rows.as_bytes()).unwrap();
        answer.end();
        Vec::<u8>::deserialize(Reader::new(answer.root(), &Cell::new(budget))).map_err(|fault| fault.into_error(Kind::Decode))
    };
    let chain: String = (1..100).map(|row| format!("{row:x}:\"${:x}\"\n", row + 1)).collect();
    let rows = format!("0:[\"$1\",\"$1\"]\n{chain}64:7\n");
    assert_eq!(read(&rows, 1000), Ok(vec![7, 7]));
    assert_eq!(read("0:[7,7]\n", 100), Ok(vec![7, 7]));
    let error = read(&rows, 150).unwrap_err();
    assert!(error.message().contains("values and bytes"), "{error}");
}
