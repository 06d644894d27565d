//! Makes values from bytes, and the rows of an answer from a body.

use actionlane::flight::{Body, Part, Shared, Value};

/// Makes the value that `bytes` describe: each byte chooses the next step. Any bytes describe a value; containers may
/// hold themselves.
pub fn make_value(bytes: &[u8]) -> Value {
    let mut reader = Reader { bytes, kept: Vec::new() };
    let root = Value::array([]);
    reader.kept.push(root.clone());
    let mut open = vec![root.clone()];
    while let Some(code) = reader.byte() {
        let value = match code % 20 {
            0 => {
                if open.len() > 1 {
                    open.pop();
                }
                continue;
            }
            1 => Value::Undefined,
            2 => Value::Null,
            3 => Value::Bool(reader.byte().is_some_and(|byte| byte % 2 == 0)),
            4 => Value::Number(f64::from_bits(reader.word())),
            5 => Value::Number(f64::from(reader.byte().unwrap_or(0)) - 100.0),
            6 | 7 => Value::string(&reader.text()),
            8 => Value::BigInt(format!("{}", reader.word() as i64).into()),
            9 => Value::Date((reader.word() % 8_640_000_000_000_000) as f64),
            // Not an invalid date, because that is sent as `null`.
            10 => Value::Number(f64::NAN),
            11 => {
                let at = usize::from(reader.byte().unwrap_or(0));
                reader.kept.get(at).cloned().unwrap_or(Value::Null)
            }
            12..=14 => Value::array([]),
            15 | 16 => Value::object([]),
            17 => Value::Map(Shared::new(Vec::new())),
            18 => Value::Set(Shared::new(Vec::new())),
            _ => Value::FormData(Shared::new(Vec::new())),
        };
        if let Some(container) = open.last() {
            put(container, &value, &mut reader);
        }
        if (12..=18).contains(&(code % 20)) && open.len() < 200 {
            reader.kept.push(value.clone());
            open.push(value);
        } else if code % 20 == 19 {
            let Value::FormData(fields) = &value else { continue };
            // Not an empty form, because only its number is sent.
            for _ in 0..=reader.byte().unwrap_or(0) % 4 {
                let (name, text) = (reader.text(), reader.text());
                fields.borrow_mut().push((name.into(), Value::string(&text)));
            }
        }
    }
    root
}

/// Puts a value into a container. The keys of a Map and the values of a Set must be unique, so they are numbered
/// strings.
fn put(container: &Value, value: &Value, reader: &mut Reader<'_>) {
    match container {
        Value::Array(items) => items.borrow_mut().push(value.clone()),
        Value::Object(object) => {
            // No reference can lead through a key with a colon, so a repeated value would be sent twice.
            let key = reader.text().replace(':', ".");
            // Servers drop `__proto__`, and integer keys would move to the front.
            if key != "__proto__" && !key.starts_with(|first: char| first.is_ascii_digit()) {
                // Clients drop members that are undefined.
                let value = if matches!(value, Value::Undefined) { Value::Null } else { value.clone() };
                object.borrow_mut().set(&key, value);
            }
        }
        Value::Map(entries) => {
            let key = Value::string(&format!("{}.{}", entries.borrow().len(), reader.text()));
            entries.borrow_mut().push((key, value.clone()));
        }
        Value::Set(values) => {
            let text = format!("{}.{}", values.borrow().len(), reader.text());
            values.borrow_mut().push(Value::string(&text));
        }
        _ => {}
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    /// Containers made so far, which may be used again.
    kept: Vec<Value>,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn word(&mut self) -> u64 {
        (0..8).fold(0, |word, _| word << 8 | u64::from(self.byte().unwrap_or(0)))
    }

    /// Reads up to seven bytes as text.
    fn text(&mut self) -> String {
        let length = usize::from(self.byte().unwrap_or(0) % 8).min(self.bytes.len());
        let (text, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}

/// Writes a body as the rows of an answer, where both are written alike. Returns `None` if the body holds anything
/// else.
pub fn rows_of(body: &Body<Value>) -> Option<Vec<u8>> {
    let mut rows = Vec::new();
    let parts = match body {
        Body::Text(text) => return Some(format!("0:{text}\n").into_bytes()),
        Body::Form(parts) => parts,
    };
    let mut forms: Vec<(u32, Vec<String>)> = Vec::new();
    for part in parts {
        match part {
            Part::Json { name, text } => rows.extend_from_slice(format!("{:x}:{text}\n", name.parse::<u32>().ok()?).as_bytes()),
            Part::Entry { name, value: Value::String(value) } => {
                let (id, key) = name.strip_prefix('_')?.split_once('_')?;
                let id = u32::from_str_radix(id, 16).ok()?;
                if forms.last().is_none_or(|(last, _)| *last != id) {
                    forms.push((id, Vec::new()));
                }
                let entry = format!("[{},{}]", quoted(key), quoted(value));
                forms.last_mut().into_iter().for_each(|(_, entries)| entries.push(entry.clone()));
            }
            Part::Entry { .. } => return None,
            #[allow(unreachable_patterns, reason = "more kinds of parts may come")]
            _ => return None,
        }
    }
    for (id, entries) in forms {
        rows.extend_from_slice(format!("{id:x}:[{}]\n", entries.join(",")).as_bytes());
    }
    Some(rows)
}

/// Writes a string as a row has it.
fn quoted(text: &str) -> String {
    let mut out = String::from(if text.starts_with('$') { "\"$" } else { "\"" });
    for unit in text.encode_utf16() {
        out += &format!("\\u{unit:04x}");
    }
    out.push('"');
    out
}
