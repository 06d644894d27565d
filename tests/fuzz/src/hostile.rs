//! Plays a hostile server that knows the format: each byte of the input is a piece of a stream.

/// Pieces that fit together in many ways, few of them harmless.
const PIECES: [&str; 96] = [
    "0:",
    "1:",
    "2:",
    "3:",
    "4:",
    "ff:",
    "7fffffff:",
    ":",
    "\n",
    "0:[",
    "1:{",
    "1:\"$2\"\n",
    "2:\"$1\"\n",
    "0:\"$1\"\n",
    "\"$@1\"",
    "\"$@0\"",
    "1:\"$@1\"\n",
    "\"$1\"",
    "\"$2\"",
    "\"$3\"",
    "\"$0\"",
    "\"$0:0\"",
    "\"$1:0:1\"",
    "\"$1:a:b\"",
    "\"$2:props:a\"",
    "\"$1:__proto__\"",
    "\"$1:constructor\"",
    "\"$Q1\"",
    "\"$W1\"",
    "\"$K1\"",
    "\"$i1\"",
    "\"$B1\"",
    "\"$Q2\"",
    "\"$W2\"",
    "\"$L1\"",
    "\"$L2\"",
    "\"$h1\"",
    "\"$h2\"",
    "\"$T0\"",
    "\"$T0:0\"",
    "\"$Z\"",
    "\"$Z1\"",
    "\"$Sa\"",
    "\"$n1\"",
    "\"$n-\"",
    "\"$n9999999999\"",
    "\"$D\"",
    "\"$D2020-01-01T00:00:00.000Z\"",
    "\"$Dnull\"",
    "\"$undefined\"",
    "\"$NaN\"",
    "\"$-0\"",
    "\"$-Infinity\"",
    "\"$$\"",
    "\"$\"",
    "\"$E\"",
    "\"$P1\"",
    "\"$w1\"",
    "\"$F1\"",
    "\"$ffffffff\"",
    "\"a\"",
    "\"__proto__\":",
    "\"then\":",
    "\"a\":",
    "\"id\":",
    "\"bound\":",
    "[",
    "]",
    "{",
    "}",
    ",",
    "null",
    "1e400",
    "[[\"a\",",
    "]]\n",
    "]\n",
    "}\n",
    "1:T3,abc",
    "1:Tffffffff,",
    "2:o4,\n0:[",
    "1:g8,01234567",
    "1:L3,abc",
    "1:R\n",
    "1:r\n",
    "1:X\n",
    "1:x\n",
    "1:C\n",
    "1:C\"$1\"\n",
    "1:b2,ab",
    "1:E{\"digest\":\"d\"}\n",
    "1:I[\"m\",[],\"\"]\n",
    ":HL[\"x\"]\n",
    ":N1\n",
    "[\"$\",\"a\",null,{",
    "\u{feff}",
    "\\u0024",
];

/// Makes a stream from an input. A byte beyond the pieces repeats the piece before it up to 128 times.
pub fn stream(input: &[u8]) -> Vec<u8> {
    const MOST: usize = 1 << 14;
    let mut out = Vec::new();
    let mut last: &[u8] = b"";
    for byte in input {
        match PIECES.get(usize::from(*byte)) {
            Some(piece) => {
                last = piece.as_bytes();
                out.extend_from_slice(last);
            }
            None => (0..1 << (byte % 8)).for_each(|_| out.extend_from_slice(last)),
        }
        if out.len() > MOST {
            break;
        }
    }
    out.truncate(MOST);
    out
}
