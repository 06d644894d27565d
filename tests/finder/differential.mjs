// Compares the two name finders on random texts: the one in JavaScript, and the one in Rust (`read.rs`).
//
//   node differential.mjs <program> [--texts 20000] [--seed 1]
//
// `program`: the binary of `cargo build --package finder`. Prints how many texts were read alike; stops at the
// first that was not, and prints it.

import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { basePathOf } from "../../pkg/lib/page/base_path.js";
import { scanHtml, scanScript } from "../../pkg/lib/skew/manifest.js";
import { assetPrefix } from "../../pkg/lib/skew/search.js";
import { generator } from "../oracle/random.mjs";

const { positionals: [program], values: options } = parseArgs({
  allowPositionals: true,
  options: { texts: { type: "string", default: "20000" }, seed: { type: "string", default: "1" } },
});

const vectors = new URL("../vectors/manifest/", import.meta.url);
const REAL = readdirSync(vectors).map((name) => readFileSync(new URL(name, vectors), "utf8"));

/** Pieces of scripts, documents and Flight texts. */
const PIECES = [
  "createServerReference", "createServerReference)(", '["createServerReference"])(', "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", '"40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",', "'7fcccccccccccccccccccccccccccccccccccccccc',",
  '("7fcccccccccccccccccccccccccccccccccccccccc",a,b,c,"save")', "n.callServer,void 0,n.findSourceMapURL,", "a,b,c,", '"save")', "`save`,)", "'save')",
  "\\u0073ave", "\\u{73}", "\\u{110000}", "\\u{0000000073}", "\\x73", "\\xé", "\\ud83d", "\\ude00", "\\uD83D", "\\u{de00}", "\\n", "\\0", "\\\n",
  "\\\r", "\\\u2028", "\\'", '\\"', "\\`", "\\/", "\\", "\\\\", "/*", "*/", "//", "/", '"', "'", "`", "${", "$", "{", "}", "(", ")", "[", "]", ",",
  ";", "=", " ", "\n", "\r", "\t", "\f", "\v", "\u00a0", "\u2028", "\0", "é", "😀", "\ufeff", "\ufffd", "\x7f", "\x80", "İ", "K", "ſ", "%", "%41",
  "<html data-dpl-id=\"", "<script", "<SCRIPT", "<script>", "</script>", "</script", "</scrİpt>", " src=", " src='", ' src="/_next/static/chunks/a.js"',
  " src", " nomodule", "<link rel=preload as=script href=", "<lin\u212a rel=preload as=script href=a>", " rel='x modulepreload' ", " rel=preload",
  " as=\"script\" ", " href=/b ", "<link", "<input name=\"$ACTION_ID_", '<button name="$ACTION_1:0" value=\'', "<input", " name=$ACTION_ID_x:0 ",
  "{&quot;id&quot;:&quot;", "<!--", "-->", "--", "<!-->", "<!", "<?", "</", "<", ">", "<style>", "</style>", "<noscript>", "</noscript>",
  "<textarea>", "</textarea >", "<a", "<a b=c", "&amp;", "&AMP;", "&amp", "&#x", "&#X41;", "&#60;", "&#xd83d;", "&#xde00;", "&#x10ffff;",
  "&#x110000;", "&#00000060;", "&#000000060;", "&#;", "&apos;", ";", "&", "self.__next_f.push([1,\"", "self.__next_f.push([3,\"",
  "self.__next_f.push([2,", "(self.__next_f=self.__next_f||[]).push([0]);", "self.__next_f.push([1,", "\"])", "\\n0:{", "0:{", "\n0:{",
  "\\\"b\\\":\\\"", "\"b\":\"", "\"c\":[\"\",\"a", "\"c\":", "\"c\":[]", "[\"\",\"a\"]", "\"\",", "0:[\"$\",{\"buildId\":\"x\"", "\"urlParts\":[\"\",\"b\"]",
  "1:I[1,[\"", "\n1:I[1,[\"", "\\n1:I[1,[\\\"", "/_next/static/chunks/", "static/chunks/", ".js\"", ".js\\\"", ".js?dpl=1", ".js#", ".js", "?", "#",
  "\n2:\"", "\\n2:\\\"", "\n3:{\"id\":\"", "\\n3:{\\\"id\\\":\\\"", "\",\"bound\":", "\\\",\\\"bound\\\":", "\n4:T", "4:T", "4:t5,", "1:b2,", "1:Q5,", "5,",
  "a,", "00000000a,", "100000000,", "ffffffff,", ":", "ff", "w7bDtg==", "w7Y", "w", "gA==", "/w", "+", "_", "1:{\"id\":\"60bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",\"bound\":null}",
];

const ID = "60bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
/** Whole calls, tags and rows in which a finder finds something, by where they stand. */
const CALLS = [
  `(0,n.createServerReference)("${ID}",n.callServer,void 0,n.findSourceMapURL,"save")`,
  `createServerReference('40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',a(b,[c,")"]), /* , */ d,\`e\`,"gr\\xf6\\u{df}e" , f)`,
  `createServerReference)("${ID}",\`$a\\\${$\`,b,c,\`$b\`)`,
  `a["createServerReference"] ) // why\n ( "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",!1,ö.\\u0061,c,'\\ud83d\\ude00\\'')`,
];
const TAGS = [
  "<script src=/a.js></script>", "<SCRIPT async SRC = '/b&amp;c.js?x=\"'></SCRIPT >", "<link rel='x PRELOAD' as=script href=d>",
  "<link rel=modulepreload href=\"/e&#x41;&#65;\">", `<input name=$ACTION_ID_${ID}>`, "<script nomodule src=f></script>",
  `<button name="$ACTION_1:0" value='{&quot;id&quot;:&quot;${ID}&quot;,&quot;bound&quot;:null}'>`, "<!-- <script src=g></script> -->",
  `<input name=$ACTION_ID_x:0 value='{"id":"${ID}","bound":null}'>`, "<script src=&#x0000041;&#00000065;&#x00000041;></script>",
  "<title><script src=h></title>", "<p a='<script src=i></script>'>",
];
const ROWS = [
  '0:{"P":null,"b":"build","c":["","blog","en?q=ö"],"f":[{"b":"no"}]}\n', '0:["$","$L1",null,{"buildId":"b","urlParts":["","a"]}]\n',
  '1:I[5,["7","static/chunks/b.js?dpl=1","\\u002f_next/static/c.js"],"x"]\n', '2:"/_next/static/a%5Bb%5D.js"\n', '3:"ö/_next/static/😀.js#x"\n',
  `4:{"id":"${ID}","bound":null}\n`, '5:Tb,0:{"b":"x"}\n', '5:T00000000b,0:{"b":"x"}\n', '5:T100000000,\n', ...[..."TAOoUSsLlGgMmVbQ"].map((tag) => `6:${tag}b,0:{"b":"x"}\n`), '6:["$","p",null,{"children":"\\ud83d"}]\n', ':HL["x"]\n',
];

function* texts(count, dice) {
  const below = (most) => Math.floor(dice() * most);
  const any = (list) => list[below(list.length)];
  const pieces = () => Array.from({ length: 1 + below(24) }, () => any(PIECES)).join("");
  // Whole items, some of them with a piece put in or a part taken out.
  const whole = (list) => Array.from({ length: 1 + below(6) }, () => {
    const item = any(list);
    const at = below(item.length);
    return [item, item, item.slice(0, at) + any(PIECES) + item.slice(at), item.slice(0, at) + item.slice(at + 1 + below(5))][below(4)];
  }).join("");
  const row = () => below(3) > 0 ? whole(ROWS) : `${any(["0", "1", "a", "0f", ""])}:${pieces()}\n`;
  const base64 = (text) => Buffer.from(text).toString("base64").slice(0, -below(4) || undefined);
  // A well-formed Flight text, in pushes that are cut anywhere; some of them hold bytes.
  const flight = () => {
    const text = Array.from({ length: 1 + below(4) }, row).join("");
    const framed = below(3) === 0 ? `1:T${Buffer.byteLength(text).toString(16)},${text}${row()}${row()}` : text;
    const bytes = Buffer.from(framed);
    const cut = below(bytes.length);
    const asText = (part) => `self.__next_f.push([1,${JSON.stringify(part).replaceAll("<", "\\u003c")}])`;
    if (below(3) === 0) return `${asText(framed.slice(0, cut))}</script><script>${asText(framed.slice(cut))}`;
    return [bytes.subarray(0, cut), bytes.subarray(cut)].map((part) => `self.__next_f.push([3,"${base64(part)}"])`).join(";");
  };
  // A real text with a piece put in, or with a part taken out or moved.
  const mutant = () => {
    let text = any(REAL);
    for (let times = 1 + below(3); times > 0; times -= 1) {
      const [from, to] = [below(text.length), below(text.length)].sort((a, b) => a - b);
      const near = Math.min(to, from + 1 + below(40));
      text = any([
        () => text.slice(0, from) + any(PIECES) + text.slice(from),
        () => text.slice(0, from) + any(PIECES) + text.slice(near),
        () => text.slice(0, from) + text.slice(near),
        () => text.slice(from, to),
        () => text.slice(0, from) + text.slice(to) + text.slice(from, to),
      ])();
    }
    return text;
  };
  const kinds = [
    pieces,
    () => whole(CALLS),
    () => whole(TAGS),
    () => whole([...TAGS, ...CALLS, ...PIECES]),
    () => `<script>${pieces()}</script>${pieces()}`,
    () => `<script>self.__next_f.push([1,"${pieces()}"])</script>`,
    () => `<script>${flight()}</script>`,
    () => `<script>${flight()}</script>`,
    () => `<${any(["script", "link", "input", "button", "style", "p"])} ${pieces()}>${pieces()}</script>`,
    () => `createServerReference)("60bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",${pieces()},a,b,"save")${pieces()}`,
    () => `createServerReference)("60bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",a,b,c,"${pieces()}")`,
    mutant,
  ];
  yield* REAL;
  // Replaces lone surrogates, which no encoded text can hold.
  for (let made = REAL.length; made < count; made += 1) yield Buffer.from(any(kinds)()).toString();
}

/** Reads a text as `read` in `read.rs` does. */
function read(text) {
  const { scripts, chunks, ids, build = null, path = null } = scanHtml(text);
  const named = [];
  scanScript(text, named);
  const bases = ["/", "/a", "/a/b/", "/shop/a"].map((loaded) =>
    [undefined, "", "/a", "/shop", path ?? undefined].map((prefix) => basePathOf(path ?? undefined, loaded, prefix)));
  const prefixes = scripts.map((script) => assetPrefix(script) ?? null);
  return { scripts, chunks, ids, build, path, named, bases, prefixes };
}

/** Writes a result as JSON. Lone surrogates are replaced, as every encoder does. */
const normalized = (value) => Buffer.from(JSON.stringify(value, (_, text) => (typeof text === "string" ? Buffer.from(text).toString() : text))).toString();

const rust = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: rust.stdout })[Symbol.asyncIterator]();
const dice = generator(Number(options.seed));
let count = 0;
let withFindings = 0;
let batch = [];

async function compare() {
  rust.stdin.write(batch.map((text) => `${JSON.stringify(text)}\n`).join(""));
  for (const text of batch) {
    const { value: line } = await answers.next();
    const [here, there] = [normalized(read(text)), normalized(JSON.parse(line))];
    if (here !== there) {
      console.error(`seed ${options.seed}, text ${count}: the finders differ\n  text       ${JSON.stringify(text)}\n  Rust       ${there}\n  JavaScript ${here}`);
      process.exit(1);
    }
    count += 1;
    if (!here.startsWith('{"scripts":[],"chunks":[],"ids":[],"build":null,"path":null,"named":[]')) withFindings += 1;
  }
  batch = [];
}

for (const text of texts(Number(options.texts), dice)) {
  batch.push(text);
  if (batch.length === 500) await compare();
}
await compare();
rust.stdin.end();
// If hardly any text holds something to find, the comparison would be worthless.
if (withFindings < count / 5) throw new Error(`only ${withFindings} of ${count} texts hold anything to find`);
console.log(`${count} texts read alike, ${withFindings} of them with something in them`);
