// Changes answers at random; the same random numbers make the same changes.

/** Texts that have a meaning in an answer. */
const PIECES = [
  "$", '"$', '"', "\\", "[", "]", "{", "}", ",", ":", "\n", "0", "1", "2", "a", "null", '"$1"', '"$2:a"', '"$1:0:b"', '"$undefined"', '"$NaN"',
  '"$D2024-02-30T00:00:00.000Z"', '"$n12"', '"$@1"', '"a":', '"__proto__":', "\\u0024", "\\ud800", "T3,", "E", "\u00e9", "-", "e9", " ",
];

/** Inserts, removes or replaces some bytes. */
export function changed(bytes, random) {
  const below = (count) => Math.floor(random() * count);
  let text = Buffer.from(bytes).toString("latin1");
  for (let times = 1 + below(2); times > 0; times -= 1) {
    const at = below(text.length);
    const piece = PIECES[below(PIECES.length)];
    const from = below(text.length);
    const put = [piece, piece, text.slice(from, from + below(12)), "", String.fromCharCode(below(256))][below(5)];
    text = text.slice(0, at) + Buffer.from(put).toString("latin1") + text.slice(at + below(4));
  }
  return new Uint8Array(Buffer.from(text, "latin1"));
}
