//! Tests the records of the outbox: written, read, and judged.

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

fn found(record: &[u8]) -> Found<'_> {
    Found { record, form: Some(false), sender_lives: false }
}

fn verdict(found: Found<'_>, owner: &str, now: f64) -> Verdict {
    let Sifted { index, verdict, record: read } = sift(&[found], owner, false, now).remove(0);
    assert_eq!(index, 0);
    assert_eq!(read.is_none(), matches!(verdict, Verdict::Foreign | Verdict::Aside(_)));
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
    assert_eq!(record(1).left(1_499.0), Some(Duration::from_millis(1)));
    assert_eq!(record(1).left(1_500.0), None);
    assert_eq!(record(1).left(0.0), Some(Duration::from_millis(500)), "the clock was set back");
    assert_eq!(Record { ttl: f64::INFINITY, ..record(1) }.left(1e18), Some(Duration::MAX));
}

#[test]
fn only_a_dispatcher_of_the_owner_sends_it() {
    let bytes = record(1).encode();
    assert_eq!(verdict(found(&bytes), "ann", 1_100.0), Verdict::Send(Duration::from_millis(400)));
    assert_eq!(verdict(found(&bytes), "bob", 1_100.0), Verdict::Foreign);
    assert_eq!(verdict(found(&bytes), "bob", 9_999.0), Verdict::Foreign, "also when its time is over");
    let alive = Found { sender_lives: true, ..found(&bytes) };
    assert_eq!(verdict(alive.clone(), "ann", 1_100.0), Verdict::Leave);
    assert_eq!(verdict(alive, "ann", 9_999.0), Verdict::Leave, "its sender ends it");
    assert_eq!(verdict(found(&bytes), "ann", 9_999.0), Verdict::Expired);
}

#[test]
fn a_failed_record_is_sent_only_on_request() {
    let failed = Record { failed: Some("NOT_FLIGHT".to_owned()), ..record(1) };
    let bytes = failed.encode();
    assert_eq!(verdict(found(&bytes), "ann", 1_100.0), Verdict::Failed);
    let asked_for = Sifted { index: 0, verdict: Verdict::Send(Duration::from_millis(400)), record: Some(failed) };
    assert_eq!(sift(&[found(&bytes)], "ann", true, 1_100.0), [asked_for]);
    assert_eq!(verdict(found(&bytes), "ann", 9_999.0), Verdict::Expired);
}

#[test]
fn a_missing_body_or_one_of_another_kind_is_torn() {
    let bytes = record(1).encode();
    for form in [None, Some(true)] {
        assert_eq!(verdict(Found { form, ..found(&bytes) }, "ann", 1_100.0), Verdict::Aside(Unreadable::Torn));
    }
}

#[test]
fn unreadable_records_come_first_and_the_others_in_the_order_of_calling() {
    let at = |queued_at, sequence| Record { queued_at, ..record(sequence) }.encode();
    let records = [at(1_002.0, 1), at(1_001.0, 9), vec![1, 2, 3], at(1_001.0, 8), vec![7]];
    let all: Vec<_> = records.iter().map(|record| found(record)).collect();
    let sifted = sift(&all, "ann", false, 1_100.0);
    assert_eq!(sifted.len(), 5);
    assert_eq!(sifted.iter().filter(|one| one.record.is_some()).map(|one| one.index).collect::<Vec<_>>(), [3, 1, 0]);
}

#[test]
fn the_fate_of_an_entry_depends_on_the_result() {
    let fate = |error: Error| Fate::of(&Err(error));
    assert_eq!(Fate::of(&Ok(())), Fate::Ends);
    for kind in [Kind::ActionThrew, Kind::NotFound, Kind::Forbidden, Kind::Unauthorized, Kind::RedirectBlocked] {
        assert_eq!(fate(Error::new(kind, "")), Fate::Ends, "{kind:?}: it is an answer");
    }
    for kind in [Kind::Aborted, Kind::Dropped, Kind::Replaced, Kind::Cleared, Kind::Expired] {
        assert_eq!(fate(Error::new(kind, "")), Fate::Ends, "{kind:?}: no longer wanted");
    }
    for status in [408, 425, 429, 500, 503] {
        assert_eq!(fate(Error::new(Kind::Http, "").with_status(status)), Fate::Stays, "{status}");
    }
    for kind in [Kind::Network, Kind::Timeout, Kind::Closed, Kind::Internal, Kind::QueueFull, Kind::Offline] {
        assert_eq!(fate(Error::new(kind, "")), Fate::Stays, "{kind:?}");
    }
    for kind in [Kind::NotFlight, Kind::Decode, Kind::ActionNotFound, Kind::KeyConflict, Kind::InvalidOption] {
        assert_eq!(fate(Error::new(kind, "")), Fate::Fails, "{kind:?}");
    }
    for status in [401, 403, 404, 413] {
        assert_eq!(fate(Error::new(Kind::Http, "").with_status(status)), Fate::Fails, "{status}");
    }
}
