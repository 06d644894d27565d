//! Runs the vectors that test both implementations of records; `pkg/test/outbox_vectors.test.js` runs them,
//! too.

use serde_json::Value;

use super::*;
use crate::outbox::bytes::fnv;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/outbox.json")).unwrap()
}

fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of[key].as_array().map(Vec::as_slice).filter(|list| !list.is_empty()).unwrap_or_else(|| panic!("nothing in {key}"))
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a number, or the text of one that JSON does not have.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

/// Reads a record of the vectors; fields it does not give have their usual value.
fn record_of(all: &Value, own: &Value) -> Record {
    let of = |key: &str| own.get(key).unwrap_or(&all["usual"][key]).clone();
    let text = |key: &str| of(key).as_str().unwrap().to_owned();
    let some = |key: &str| of(key).as_str().map(str::to_owned);
    let pair = |pair: &Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    Record {
        owner: text("owner"),
        lane: text("lane"),
        action: ActionId::parse(&text("actionId")).unwrap(),
        name: some("name"),
        url: text("url"),
        header: text("header"),
        key: text("key"),
        failed: some("failed"),
        queued_at: number(&of("queuedAt")),
        ttl: number(&of("ttl")),
        sequence: text("sequence").parse().unwrap(),
        form: of("form").as_bool().unwrap(),
        headers: of("headers").as_array().unwrap().iter().map(pair).collect(),
    }
}

#[test]
fn records_are_written_to_the_byte_and_read() {
    let all = vectors();
    for case in list(&all, "records") {
        let record = record_of(&all, &case["record"]);
        assert_eq!(hex(&record.encode()), case["bytes"].as_str().unwrap(), "{}", case["why"]);
        assert_eq!(Record::decode(&bytes(&case["bytes"])), Ok(record), "{}", case["why"]);
    }
}

#[test]
fn unreadable_records_say_why() {
    for case in list(&vectors(), "unreadable") {
        let why = case["version"].as_u64().map_or(Unreadable::Torn, |version| Unreadable::Version(version as u8));
        assert_eq!(Record::decode(&bytes(&case["bytes"])), Err(why), "{}", case["why"]);
    }
}

#[test]
fn impossible_records_are_torn() {
    let all = vectors();
    for record in list(&all, "impossible") {
        assert_eq!(Record::decode(&record_of(&all, record).encode()), Err(Unreadable::Torn), "{record}");
    }
}

#[test]
fn failed_records_are_marked() {
    let all = vectors();
    for case in list(&all, "marked") {
        let failed = case["code"].as_str().map(str::to_owned);
        let record = Record { failed, ..record_of(&all, &case["record"]) };
        assert_eq!(hex(&record.encode()), case["bytes"].as_str().unwrap(), "{case}");
    }
}

#[test]
fn verdicts_and_order_are_those_of_the_vectors() {
    let all = vectors();
    for case in list(&all, "sifted") {
        let head = |one: &Value| one.get("bytes").map_or_else(|| record_of(&all, &one["record"]).encode(), bytes);
        let rows: Vec<(Vec<u8>, &Value)> = case["found"].as_array().unwrap().iter().map(|one| (head(one), one)).collect();
        let form = |one: &Value| one.get("form").map_or(one["record"]["form"].as_bool().or(Some(false)), Value::as_bool);
        let entries: Vec<Entry<'_>> = rows
            .iter()
            .map(|(record, one)| Entry { record, form: form(one), sender_lives: one["alive"].as_bool().unwrap_or_default() })
            .collect();
        let decisions = decide(&entries, case["owner"].as_str().unwrap(), case["failedToo"].as_bool().unwrap(), number(&case["now"]));
        let decided: Vec<_> = decisions.iter().map(|one| (one.index as u64, one.verdict)).collect();
        let expected = |one: &Value| (one["index"].as_u64().unwrap(), verdict_of(one));
        assert_eq!(decided, case["expected"].as_array().unwrap().iter().map(expected).collect::<Vec<_>>(), "{}", case["why"]);
    }
}

fn verdict_of(expected: &Value) -> Verdict {
    match expected["verdict"].as_str().unwrap() {
        "send" => Verdict::Send(Duration::try_from_secs_f64(number(&expected["left"]) / 1000.0).unwrap_or(Duration::MAX)),
        "leave" => Verdict::Leave,
        "failed" => Verdict::Failed,
        "expired" => Verdict::Expired,
        "foreign" => Verdict::Foreign,
        "aside" => Verdict::Unreadable(expected["version"].as_u64().map_or(Unreadable::Torn, |version| Unreadable::Version(version as u8))),
        other => panic!("no verdict: {other}"),
    }
}

/// Random numbers of one case, the same as on the JavaScript side: xorshift32.
struct Dice(u32);

impl Dice {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    fn below(&mut self, count: usize) -> usize {
        self.next() as usize % count
    }

    fn text(&mut self, least: usize, most: usize) -> String {
        const LETTERS: [char; 8] = ['a', 'ü', '€', '😀', '\u{feff}', '\0', '/', 'Z'];
        (0..least + self.below(most - least + 1)).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    fn record(&mut self) -> Record {
        const DIGITS: &[u8] = b"0123456789abcdefABCDEF";
        let owner = if self.below(2) == 0 { "ann" } else { "bob" }.to_owned();
        let lane = self.text(1, 4);
        let digits = 40 + 2 * self.below(2);
        let action: String = (0..digits).map(|_| char::from(DIGITS[self.below(DIGITS.len())])).collect();
        let name = Some(self.text(0, 3)).filter(|name| !name.is_empty());
        let [url, header, key] = [6, 3, 3].map(|most| self.text(1, most));
        let failed = (self.below(3) == 0).then(|| "HTTP".to_owned());
        let queued_at = self.below(1_000) as f64;
        let ttl = if self.below(8) == 0 { f64::INFINITY } else { 1.0 + self.below(1_000) as f64 };
        let sequence = u64::from(self.next()) << 32 | u64::from(self.next());
        let form = self.below(2) == 1;
        let headers = (0..self.below(3)).map(|_| (self.text(0, 3), self.text(0, 3))).collect();
        let action = ActionId::parse(&action).unwrap();
        Record { owner, lane, action, name, url, header, key, failed, queued_at, ttl, sequence, form, headers }
    }

    fn entry(&mut self) -> (Vec<u8>, Option<bool>, bool) {
        let record = self.record();
        let mut head = record.encode();
        match self.below(6) {
            0 => {
                let at = self.below(head.len());
                head[at] ^= (1 + self.below(255)) as u8;
            }
            1 => head.truncate(self.below(head.len() + 1)),
            _ => {}
        }
        let form = match self.below(8) {
            0 => None,
            body => Some((body == 1) != record.form),
        };
        (head, form, self.below(4) == 0)
    }
}

/// Returns the results of one case as text.
fn outcome(seed: u32) -> String {
    let mut dice = Dice(seed | 1);
    let rows: Vec<_> = (0..=dice.below(5)).map(|_| dice.entry()).collect();
    let (failed_too, now) = (dice.below(2) == 1, dice.below(2_000) as f64);
    let marked = |head: &[u8], failed: Option<&str>| {
        Record::decode(head).map_or("-".to_owned(), |record| hex(&Record { failed: failed.map(str::to_owned), ..record }.encode()))
    };
    let mut lines: Vec<_> =
        rows.iter().map(|(head, ..)| format!("{} {} {}", hex(head), marked(head, Some("X")), marked(head, None))).collect();
    let entries: Vec<_> = rows.iter().map(|(record, form, alive)| Entry { record, form: *form, sender_lives: *alive }).collect();
    lines.extend(decide(&entries, "ann", failed_too, now).iter().map(shown));
    lines.join("\n")
}

fn shown(Decision { index, verdict, record }: &Decision) -> String {
    let (word, detail) = match verdict {
        Verdict::Send(left) => ("send", if *left == Duration::MAX { "ever".to_owned() } else { left.as_millis().to_string() }),
        Verdict::Leave => ("leave", String::new()),
        Verdict::Failed => ("failed", String::new()),
        Verdict::Expired => ("expired", String::new()),
        Verdict::Foreign => ("foreign", String::new()),
        Verdict::Unreadable(Unreadable::Torn) => ("aside", "torn".to_owned()),
        Verdict::Unreadable(Unreadable::Version(version)) => ("aside", version.to_string()),
    };
    let mut fields = vec![index.to_string(), word.to_owned(), detail];
    if let Some(record) = record {
        let over = record.queued_at + record.ttl;
        let over = if over.is_infinite() { "ever".to_owned() } else { over.to_string() };
        let (name, failed) = (record.name.clone().unwrap_or_default(), record.failed.clone().unwrap_or_default());
        let texts = [&record.lane, record.action.as_str(), &name, &record.url, &record.header, &record.key, &failed];
        fields.extend(texts.map(str::to_owned));
        fields.extend([record.queued_at.to_string(), over]);
        fields.extend(record.headers.iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
    }
    fields.join("|")
}

#[test]
fn random_cases_give_the_same_results_on_both_sides() {
    let all = vectors();
    let seed = all["random"]["seed"].as_u64().unwrap() as u32;
    let checks: Vec<_> = list(&all["random"], "checks").iter().map(|check| check.as_str().unwrap()).collect();
    for (at, check) in checks.iter().enumerate() {
        let text = outcome(seed.wrapping_add(at as u32 * 7919));
        assert_eq!(format!("{:08x}", fnv(text.as_bytes())), *check, "case {at}:\n{text}");
    }
}
