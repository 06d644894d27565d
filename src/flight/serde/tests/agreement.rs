//! Compares serde's two ways to read an answer: straight from the rows, and from the values of the decoder.

use super::*;

/// Reads an answer as a program does that makes values of it first.
fn by_values<T: DeserializeOwned>(mut decoder: Decoder<Native>, bytes: &[u8]) -> Result<T, Error> {
    let _ = decoder.push(bytes);
    decoder.end();
    match decoder.value() {
        Poll::Ready(Ok(value)) => from_value(&value),
        Poll::Ready(Err(rejection)) => Err(rejection.into_error()),
        Poll::Pending => panic!("it has ended"),
    }
}

fn shown<T: Debug>(result: Result<T, Error>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?}: {}", error.kind(), error.message()),
    }
}

/// A value as serde shows it, and its faults.
#[derive(Debug)]
#[allow(dead_code, reason = "only shown")]
enum Seen {
    Unit,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Result<Seen, String>>),
    Members(Vec<(Seen, Result<Seen, String>)>, Option<String>),
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(All)
    }
}

struct All;

impl<'de> serde::de::Visitor<'de> for All {
    type Value = Seen;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Seen, E> {
        Ok(Seen::Unit)
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Seen, E> {
        Ok(Seen::Bool(bool))
    }

    fn visit_i64<E>(self, integer: i64) -> Result<Seen, E> {
        Ok(Seen::Integer(integer.into()))
    }

    fn visit_u64<E>(self, integer: u64) -> Result<Seen, E> {
        Ok(Seen::Integer(integer.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Seen, E> {
        Ok(Seen::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Seen, E> {
        Ok(Seen::Text(text.to_owned()))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Seen, A::Error> {
        let mut list = Vec::new();
        loop {
            match items.next_element() {
                Ok(Some(item)) => list.push(Ok(item)),
                Ok(None) => return Ok(Seen::List(list)),
                // A circle is one at every level.
                Err(error) if list.len() > 100 || error.to_string().contains("nested deeper") => return Err(error),
                Err(error) => list.push(Err(error.to_string())),
            }
        }
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut entries: A) -> Result<Seen, A::Error> {
        let mut list = Vec::new();
        loop {
            match entries.next_key() {
                Ok(Some(key)) => {
                    let value = entries.next_value().map_err(|error| error.to_string());
                    if let Err(error) = &value
                        && error.contains("nested deeper")
                    {
                        return Ok(Seen::Members(list, value.err()));
                    }
                    list.push((key, value));
                }
                Ok(None) => return Ok(Seen::Members(list, None)),
                Err(error) => return Ok(Seen::Members(list, Some(error.to_string()))),
            }
        }
    }
}

/// Rows are read where the decoder has a lazy value because an element did not get its rows in time; and they say where
/// a row is no JSON.
const MORE: [&str; 4] = ["el-shared-props.bin", "element-errored-prop.bin", "element-late-prop.bin", "invalid-json-root.bin"];

#[test]
fn rows_and_values_are_read_alike_in_the_vectors_of_react() {
    let (mut read, mut differ) = (0, Vec::new());
    for folder in ["decode", "stream"] {
        let folder = format!("{}/tests/vectors/{folder}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.extension().unwrap() == "bin") {
            let bytes = std::fs::read(&file).unwrap();
            let rows = shown(from_stream::<Seen>(&bytes));
            let values = shown(by_values::<Seen>(Decoder::new(Native::default()), &bytes));
            read += 1;
            if rows != values && !MORE.iter().any(|name| file.ends_with(name)) {
                let cut = |text: &str| text.chars().take(300).collect::<String>();
                let start = String::from_utf8_lossy(&bytes).chars().take(200).collect::<String>();
                differ.push(format!("{}\n{start}\n rows   {}\n values {}\n", file.display(), cut(&rows), cut(&values)));
            }
        }
    }
    assert!(read > 100);
    assert!(differ.is_empty(), "{} of {read}\n{}", differ.len(), differ.join("\n"));
}

#[cfg(feature = "client")]
#[test]
fn arguments_are_written_alike_with_and_without_values() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let parts = |text: &str, sent: &crate::flight::Sent| assert_eq!(sent.parts.last().map(|(id, text)| (*id, &**text)), Some((0, text)));
    for _ in 0..300 {
        let value = (random.everything(3), BTreeMap::from([(random.text(), random.float())]));
        let sent = write(&value).unwrap();
        match to_reply(&value).unwrap().body {
            // The order of index-like keys is the reader's.
            Body::Text(text) if !text.contains("\"2\":") && !text.contains("\"0\":") => parts(&text, &sent),
            _ => {}
        }
        let rows: String = sent.parts.iter().map(|(id, text)| format!("{id:x}:{text}\n")).collect();
        let (back, floats): (Everything, BTreeMap<String, f64>) = from_stream(rows.as_bytes()).unwrap();
        assert_eq!((&back, &floats), (&value.0, &value.1), "{rows}");
    }
}

#[cfg(feature = "client")]
#[test]
fn arguments_are_refused_alike_with_and_without_values() {
    fn both<T: Serialize>(value: T) -> String {
        let error = write(&value).unwrap_err();
        assert_eq!(Some(&error), to_reply(&value).err().as_ref());
        error.message().to_owned()
    }
    assert_eq!(both("x"), "the arguments: expected a tuple, found a string");
    assert_eq!(both(0.5), "the arguments: expected a tuple, found a number with a fraction");
    assert_eq!(both(BTreeMap::from([(1, 2)])), "the arguments: expected a tuple, found a Map");
    assert_eq!(both(BTreeMap::from([("a", 2)])), "the arguments: expected a tuple, found an object");
    let digits = || BigInt("1".repeat(301));
    both((digits(),));
    both((1, BTreeMap::from([("a", [digits()])])));
    both((BigInt("1x".into()),));
    both(vec![0; 1001]);
    both((vec![0; 1_000_001],));
    both((vec!["x".repeat(999_999), "yy".to_owned()],));
    both((Some(Some([tree(70)])),));
}

/// Feeds an answer byte by byte. Returns where the two disagree about when the value is there, and whole.
fn differs(bytes: &[u8], mut received: Received, mut decoder: Decoder<Native>) -> Option<String> {
    for (count, byte) in bytes.iter().enumerate() {
        let (rows, values) = (received.push(&[*byte]).is_err(), decoder.push(&[*byte]).is_err());
        let rows = (rows, received.value().is_ready(), received.is_whole());
        let failed = matches!(decoder.value(), Poll::Ready(Err(_)));
        let values = (values, decoder.value().is_ready(), decoder.value().is_ready() && (failed || decoder.open() == 0));
        if rows != values {
            return Some(format!("after byte {count}: {rows:?} {values:?}"));
        }
    }
    None
}

#[test]
fn the_value_is_there_when_the_decoder_has_it() {
    let mut differ = Vec::new();
    for folder in ["decode", "stream"] {
        let folder = format!("{}/tests/vectors/{folder}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.extension().unwrap() == "bin") {
            let bytes = std::fs::read(&file).unwrap();
            let found = differs(&bytes[..bytes.len().min(20_000)], Received::stream(), Decoder::new(Native::default()));
            differ.extend(found.map(|found| format!("{} {found}", file.file_name().unwrap().display())));
        }
    }
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../../../tests/vectors/along.json")).unwrap();
    for vector in vectors.as_array().unwrap().iter().filter(|vector| vector["limits"].is_null()) {
        let answer = vector["answer"].as_str().unwrap().replacen('|', "", 1);
        let found = differs(answer.as_bytes(), Received::action(None), Decoder::action(Native::default()));
        differ.extend(found.map(|found| format!("{answer} {found}")));
    }
    assert!(differ.is_empty(), "{}\n{}", differ.len(), differ.join("\n"));
}
