// `decode()` and `encode()`: what they accept, what they give, and how they fail.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { decode, encode, isActionError } from "../node.js";

const bytes = (text) => new TextEncoder().encode(text);
const stream = (...chunks) => new ReadableStream({ start: (c) => (chunks.forEach((chunk) => c.enqueue(bytes(chunk))), c.close()) });

test("decode() takes a stream, a Response or bytes", async () => {
  const text = '1:[[1,2]]\n0:{"map":"$Q1","at":"$D1970-01-01T00:00:00.000Z","n":"$n12"}\n';
  const expected = { map: new Map([[1, 2]]), at: new Date(0), n: 12n };
  const foreign = runInNewContext("[new Uint8Array(text).buffer, new Uint8Array(text)]", { text: bytes(text) });
  const pieces = new ReadableStream({ start: (c) => (c.enqueue(foreign[1]), c.close()) });
  for (const source of [stream(text.slice(0, 7), text.slice(7)), new Response(text), bytes(text), bytes(text).buffer, pieces, ...foreign]) {
    const { value, done } = decode(source);
    assert.deepEqual(await value, expected);
    await done;
  }
});

test("a value is given before its promises settle, and they settle before the end", async () => {
  let controller;
  const source = new ReadableStream({ start: (c) => (controller = c) });
  const { value, done } = decode(source);
  controller.enqueue(bytes('0:{"now":1,"later":"$@1"}\n'));
  const found = await value;
  assert.equal(found.now, 1);
  controller.enqueue(bytes('1:"late"\n'));
  assert.equal(await found.later, "late");
  controller.close();
  await done;
});

test("a text that cannot be decoded rejects with a code", async () => {
  const rejects = async ({ value, done }, code) => {
    await assert.rejects(value, (error) => isActionError(error) && error.code === code);
    return done.catch((error) => error.code);
  };
  assert.equal(await rejects(decode(bytes("0:{oops\n")), "DECODE"), undefined);
  assert.equal(await rejects(decode(bytes('0:"$1"\n')), "DECODE"), undefined);
  assert.equal(await rejects(decode(bytes("q")), "DECODE"), "DECODE");
  assert.equal(await rejects(decode(bytes('0:E{"digest":"1"}\n')), "ACTION_THREW"), undefined);
  assert.equal(await rejects(decode(bytes('0:"long"\n'), { maxBytes: 3 }), "DECODE"), "DECODE");
  assert.equal(await rejects(decode("text"), "INVALID_OPTION"), "INVALID_OPTION");
  assert.equal(await rejects(decode(bytes("0:1\n"), { depth: 1 }), "INVALID_OPTION"), "INVALID_OPTION");
  const broken = new ReadableStream({ pull: (c) => c.error(new Error("reset")) });
  assert.equal(await rejects(decode(broken), "NETWORK"), "NETWORK");
});

test("encode() gives a string, or a form if it needs one", async () => {
  assert.equal(await encode(["a", undefined, 1n, new Date(0), "$x"]), '["a","$undefined","$n1","$D1970-01-01T00:00:00.000Z","$$x"]');
  assert.deepEqual([...(await encode([new Map([["k", 1]])]))], [["1", '[["k",1]]'], ["0", '["$Q1"]']]);
  assert.equal(await encode("no list"), '"no list"');
  await assert.rejects(encode([() => {}]), { code: "ENCODE" });
  const [temporaryReferences, mine] = [{}, () => {}];
  assert.equal(await encode([mine], { temporaryReferences }), '["$T"]');
  assert.equal(await decode(bytes('0:"$T0:0"\n'), { temporaryReferences }).value, mine);
  await assert.rejects(encode([{ get a() { throw 1; } }]), { code: "ENCODE" });
});

test("encode() leaves no listener on its signal", async () => {
  const { signal } = new AbortController();
  await encode([new FormData(), Promise.resolve(1)], { signal });
  await assert.rejects(encode([Promise.reject(1)], { signal }), { code: "ENCODE" });
  await encode([1], { signal });
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("an error thrown while encoding is the cause", async () => {
  const why = new Error("why");
  const lazy = { $$typeof: Symbol.for("react.lazy"), _init() { throw why; } };
  for (const value of [[lazy], [{ get a() { throw why; } }], [Promise.resolve([lazy])]]) {
    await assert.rejects(encode(value), (error) => error.code === "ENCODE" && error.cause === why);
  }
});

test("an answer may hold every kind of React's values", async () => {
  const rows = [
    '1:I["module",["chunk"],"Button"]',
    '2:["$","b",null,{"children":"x"}]',
    '3:"$Sreact.fragment"',
    '4:{"id":"action","bound":null}',
    '0:{"client":"$L1","element":"$2","symbol":"$3","server":"$h4","lazy":"$L2"}',
  ];
  const { value } = decode(bytes(rows.join("\n") + "\n"));
  const found = await value;
  assert.equal(found.element.$$typeof, Symbol.for("react.transitional.element"));
  assert.deepEqual([found.element.type, found.element.props], ["b", { children: "x" }]);
  assert.equal(found.symbol, Symbol.for("react.fragment"));
  assert.equal(found.lazy.$$typeof, Symbol.for("react.lazy"));
  await assert.rejects(found.server(), isActionError);
});

test("streams are read while they arrive", async () => {
  let controller;
  const { value } = decode(new ReadableStream({ start: (c) => (controller = c) }));
  controller.enqueue(bytes('0:{"stream":"$1","iterable":"$2"}\n1:R\n2:x\n1:"first"\n'));
  const { stream: read, iterable } = await value;
  const reader = read.getReader();
  assert.deepEqual(await reader.read(), { done: false, value: "first" });
  controller.enqueue(bytes('1:"second"\n1:C\n2:{"n":1}\n2:C"end"\n'));
  assert.deepEqual([await reader.read(), await reader.read()], [{ done: false, value: "second" }, { done: true, value: undefined }]);
  const iterator = iterable[Symbol.asyncIterator]();
  assert.deepEqual([await iterator.next(), await iterator.next()], [{ done: false, value: { n: 1 } }, { done: true, value: "end" }]);
  controller.close();
});

test("an error of a server in development has its cause, and an AggregateError its errors", async () => {
  const rows = [
    '5:"$Z6"',
    '6:{"name":"RangeError","message":"inner","stack":[],"env":"Server","cause":"$$7"}',
    '7:{"code":1,"at":"$D2020-01-01T00:00:00.000Z"}',
    '8:["$Z9",2]',
    '9:{"name":"Error","message":"one of them","stack":[],"env":"Server"}',
  ];
  const value = [...rows, '0:["$Za","$Zb"]', 'a:{"name":"TypeError","message":"m","stack":[],"env":"Server","cause":"$$5"}', 'b:{"name":"AggregateError","message":"many","stack":[],"env":"Server","errors":"$$8"}'];
  const [error, many] = await decode(bytes(value.join("\n") + "\n")).value;
  assert.ok(error instanceof Error && error.name === "TypeError" && error.cause instanceof Error && error.cause.name === "RangeError");
  assert.deepEqual([error.cause.message, error.cause.environmentName, error.cause.cause], ["inner", "Server", { code: 1, at: new Date("2020-01-01") }]);
  assert.ok(many instanceof AggregateError && many.errors.length === 2 && many.errors[0].message === "one of them" && many.errors[1] === 2);
  assert.deepEqual(Object.keys(many).sort(), ["environmentName", "name"]);

  const told = '{"digest":"7","name":"AggregateError","message":"m","stack":[],"env":"Server","owner":null,"cause":"$5","errors":"$8"}';
  const thrown = await decode(bytes([...rows, `0:E${told}`].join("\n") + "\n")).value.catch((error) => error);
  assert.deepEqual([thrown.code, thrown.message, thrown.digest, thrown.environmentName], ["ACTION_THREW", "the action threw: m", "7", "Server"]);
  assert.ok(thrown.cause instanceof Error && thrown.cause.cause.code === 1 && thrown.errors[0].message === "one of them");
  const { p } = await decode(bytes(['0:{"p":"$@1"}', ...rows, `1:E${told}`].join("\n") + "\n")).value;
  assert.equal((await p.catch((error) => error)).cause.message, "inner");

  // A hostile server may refer to rows that never arrive, or write an endless chain.
  const lacking = await decode(bytes('0:E{"digest":"","message":"m","cause":"$ff"}\n')).value.catch((error) => error);
  assert.deepEqual([lacking.code, lacking.cause], ["ACTION_THREW", undefined]);
  const chain = Array.from({ length: 50_000 }, (_, at) => `${at.toString(16)}:E{"digest":"${at}","message":"m","cause":"$${(at + 1).toString(16)}"}`).reverse();
  assert.equal((await decode(bytes(chain.join("\n") + "\n")).value.catch((error) => error)).digest, "0");
});
