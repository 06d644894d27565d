//! Tests the records of the outbox: written, read, and decided about.

mod vectors;

use super::*;

fn record(sequence: u64) -> Record {
    Record {
        owner: "ann".to_owned(),
        lane: "main".to_owned(),
        action: ActionId::parse(&"ab".repeat(21)).unwrap(),
        name: Some("saveNote".to_owned()),
        url: "https://example.com/notes?ü".to_owned(),
        header: "idempotency-key".to_owned(),
        key: "8e03".to_owned(),
        failed: None,
        queued_at: 1_000.0,
        ttl: 500.0,
        sequence,
        form: false,
        headers: vec![("x-a".to_owned(), "1".to_owned()), ("x-b".to_owned(), String::new())],
    }
}

fn entry(record: &[u8]) -> Entry<'_> {
    Entry { record, form: Some(false), sender_lives: false }
}

fn verdict(entry: Entry<'_>, owner: &str, now: f64) -> Verdict {
    let Decision { index, verdict, record: read } = decide(&[entry], owner, false, now).remove(0);
    assert_eq!(index, 0);
    assert_eq!(read.is_none(), matches!(verdict, Verdict::Foreign | Verdict::Unreadable(_)));
    verdict
}

#[test]
fn an_encoded_record_decodes_to_itself() {
    for record in [
        record(7),
        Record { name: None, failed: Some("NOT_FLIGHT".to_owned()), form: true, headers: Vec::new(), ttl: f64::INFINITY, ..record(0) },
    ] {
        assert_eq!(Record::decode(&record.encode()), Ok(record));
    }
}

#[test]
fn a_damaged_record_is_torn_wherever_it_is() {
    let whole = record(7).encode();
    for length in 0..whole.len() {
        assert_eq!(Record::decode(&whole[..length]), Err(Unreadable::Torn), "cut at {length}");
    }
    for at in 1..whole.len() {
        for bit in [1, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= bit;
            assert_eq!(Record::decode(&bytes), Err(Unreadable::Torn), "byte {at}");
        }
    }
    let mut longer = whole;
    longer.push(0);
    assert_eq!(Record::decode(&longer), Err(Unreadable::Torn));
}

#[test]
fn an_impossible_field_is_torn_even_if_the_check_agrees() {
    for wrong in [
        Record { owner: String::new(), ..record(1) },
        Record { key: String::new(), ..record(1) },
        Record { url: String::new(), ..record(1) },
        Record { ttl: 0.0, ..record(1) },
        Record { ttl: f64::NAN, ..record(1) },
        Record { queued_at: f64::INFINITY, ..record(1) },
    ] {
        assert_eq!(Record::decode(&wrong.encode()), Err(Unreadable::Torn), "{wrong:?}");
    }
    let mut many = Writer::default();
    many.length(u32::MAX as usize);
    assert_eq!(Record::decode(&many.finish(VERSION)), Err(Unreadable::Torn));
}

#[test]
fn a_record_of_another_version_is_not_read() {
    let mut bytes = record(7).encode();
    bytes[0] = 2;
    assert_eq!(Record::decode(&bytes), Err(Unreadable::Version(2)));
    assert_eq!(Record::decode(&[9]), Err(Unreadable::Version(9)));
}

#[test]
fn a_record_expires_after_its_ttl() {
    assert_eq!(record(1).time_left(1_499.0), Some(Duration::from_millis(1)));
    assert_eq!(record(1).time_left(1_500.0), None);
    assert_eq!(record(1).time_left(0.0), Some(Duration::from_millis(500)), "the clock was set back");
    assert_eq!(Record { ttl: f64::INFINITY, ..record(1) }.time_left(1e18), Some(Duration::MAX));
}

#[test]
fn only_a_dispatcher_of_the_owner_sends_it() {
    let bytes = record(1).encode();
    assert_eq!(verdict(entry(&bytes), "ann", 1_100.0), Verdict::Send(Duration::from_millis(400)));
    assert_eq!(verdict(entry(&bytes), "bob", 1_100.0), Verdict::Foreign);
    assert_eq!(verdict(entry(&bytes), "bob", 9_999.0), Verdict::Foreign, "also when its time is over");
    let alive = Entry { sender_lives: true, ..entry(&bytes) };
    assert_eq!(verdict(alive.clone(), "ann", 1_100.0), Verdict::Leave);
    assert_eq!(verdict(alive, "ann", 9_999.0), Verdict::Leave, "its sender ends it");
    assert_eq!(verdict(entry(&bytes), "ann", 9_999.0), Verdict::Expired);
}

#[test]
fn a_failed_record_is_sent_only_on_request() {
    let failed = Record { failed: Some("NOT_FLIGHT".to_owned()), ..record(1) };
    let bytes = failed.encode();
    assert_eq!(verdict(entry(&bytes), "ann", 1_100.0), Verdict::Failed);
    let asked_for = Decision { index: 0, verdict: Verdict::Send(Duration::from_millis(400)), record: Some(failed) };
    assert_eq!(decide(&[entry(&bytes)], "ann", true, 1_100.0), [asked_for]);
    assert_eq!(verdict(entry(&bytes), "ann", 9_999.0), Verdict::Expired);
}

#[test]
fn a_missing_body_or_one_of_another_kind_is_torn() {
    let bytes = record(1).encode();
    for form in [None, Some(true)] {
        assert_eq!(verdict(Entry { form, ..entry(&bytes) }, "ann", 1_100.0), Verdict::Unreadable(Unreadable::Torn));
    }
}

#[test]
fn unreadable_records_come_first_and_the_others_in_the_order_of_calling() {
    let at = |queued_at, sequence| Record { queued_at, ..record(sequence) }.encode();
    let records = [at(1_002.0, 1), at(1_001.0, 9), vec![1, 2, 3], at(1_001.0, 8), vec![7]];
    let all: Vec<_> = records.iter().map(|record| entry(record)).collect();
    let decisions = decide(&all, "ann", false, 1_100.0);
    assert_eq!(decisions.len(), 5);
    assert_eq!(decisions.iter().filter(|one| one.record.is_some()).map(|one| one.index).collect::<Vec<_>>(), [3, 1, 0]);
}

#[test]
fn the_fate_of_an_entry_depends_on_the_result() {
    let fate = |error: Error| EntryFate::of(&Err(error));
    assert_eq!(EntryFate::of(&Ok(())), EntryFate::Ends);
    for kind in [Kind::ActionThrew, Kind::NotFound, Kind::Forbidden, Kind::Unauthorized, Kind::RedirectBlocked] {
        assert_eq!(fate(Error::new(kind, "")), EntryFate::Ends, "{kind:?}: it is an answer");
    }
    for kind in [Kind::Aborted, Kind::Dropped, Kind::Replaced, Kind::Cleared, Kind::Expired] {
        assert_eq!(fate(Error::new(kind, "")), EntryFate::Ends, "{kind:?}: no longer wanted");
    }
    for status in [408, 425, 429, 500, 503] {
        assert_eq!(fate(Error::new(Kind::Http, "").with_status(status)), EntryFate::Stays, "{status}");
    }
    for kind in [Kind::Network, Kind::Timeout, Kind::Closed, Kind::Internal, Kind::QueueFull, Kind::Offline] {
        assert_eq!(fate(Error::new(kind, "")), EntryFate::Stays, "{kind:?}");
    }
    for kind in [Kind::NotFlight, Kind::Decode, Kind::ActionNotFound, Kind::KeyConflict, Kind::InvalidOption] {
        assert_eq!(fate(Error::new(kind, "")), EntryFate::Fails, "{kind:?}");
    }
    for status in [401, 403, 404, 413] {
        assert_eq!(fate(Error::new(Kind::Http, "").with_status(status)), EntryFate::Fails, "{status}");
    }
}
