// Checks values that only a browser has: that React's own decoder reads them, and that Rust reads React's answers.
// Starts nothing: `browser.mjs` does.

/** Runs the checks. */
export async function values(check) {
  const photo = { file: "ä \"1\".png", type: "image/png", bytes: "\u0000\u00ffpng" };
  await check("a file arrives with its name, type and bytes, beside the struct around it", async () => {
    const file = new File([new Uint8Array([0, 255]), "png"], "ä \"1\".png", { type: "image/png" });
    return JSON.parse(await rust.upload(file));
  }, [{ title: "Ä", file: photo, tags: ["a", "b"], more: photo }, 12]);

  await check("a form keeps its order and repeated names", async () => {
    const form = new FormData();
    const file = new File(["x"], "x.txt", { type: "text/plain" });
    for (const [name, value] of [["b", "1"], ["a", "2\r\n3"], ["b", file], ["$K0", ""]]) form.append(name, value);
    return JSON.parse(await rust.form(form));
  }, [{ form: [["b", "1"], ["a", "2\r\n3"], ["b", { file: "x.txt", type: "text/plain", bytes: "x" }], ["$K0", ""]] }, "beside"]);

  await check("any value of JavaScript is an argument", async () => {
    const shared = { in: "both" };
    const value = {
      text: "$1", number: -0, big: 2n ** 70n, date: new Date(1500), map: new Map([["k", new Set([1])]]), undef: undefined,
      bytes: new Uint16Array([1, 65535]).subarray(1), blob: new Blob(["b"], { type: "text/x" }), shared: [shared, shared], lone: "\ud800",
    };
    const [first, told] = JSON.parse(await rust.any(value));
    return [first, { ...told, lone: told.lone === "\ud800" }];
  }, ["first", {
    text: "$1", number: 0, big: { bigint: String(2n ** 70n) }, date: { date: "1970-01-01T00:00:01.500Z" },
    // React's server leaves `undef` out.
    map: { map: [["k", { set: [1] }]] }, bytes: { Uint16Array: [65535] },
    // Browsers send a blob in a form as a file of this name, also for React.
    blob: { file: "blob", type: "text/x", bytes: "b" },
    shared: [{ in: "both" }, { in: "both" }], lone: true,
  }]);

  await check("a plain value goes as a text, without a form", async () => JSON.parse(await rust.any("ä")), ["first", "ä"]);

  await check("one value of JavaScript is the whole list of arguments", async () => {
    return JSON.parse(await rust.list([1, new File(["f"], "f"), { a: null }]));
  }, [1, { file: "f", type: "application/octet-stream", bytes: "f" }, { a: null }]);
  await check("a list that is no array is refused", () => rust.list({}).catch((error) => error), /^ENCODE: .*expected a tuple/);

  await check("promises and streams among the arguments are read to their ends", async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (const chunk of ["a", { b: 1 }]) controller.enqueue(chunk);
        controller.close();
      },
    });
    const bytes = new Blob(["bytes"]).stream();
    const late = Promise.resolve().then(() => new File(["late"], "late.txt"));
    const [, told] = JSON.parse(await rust.any({ stream, bytes, late }));
    return { ...told, bytes: told.bytes.stream.flatMap((chunk) => chunk.Uint8Array).length };
  }, {
    stream: { stream: ["a", { b: 1 }] },
    bytes: 5,
    late: { promise: { file: "late.txt", type: "application/octet-stream", bytes: "late" } },
  });

  await check("a promise that rejects fails the call, and its reason is kept", () => {
    return rust.any([Promise.reject(new RangeError("no"))]).catch((error) => error);
  }, /^ENCODE: argument 1: \[0\] is a promise that was rejected \(sent: no\) <- RangeError: no$/);

  await check("a call whose argument stays open holds its lane, and is dropped with its stream", async () => {
    const log = [];
    const told = await rust.dropped_open(new ReadableStream({ cancel: () => void log.push("cancelled") }));
    return [told, log];
  }, ["[1]", ["cancelled"]]);

  await check("a file that is too large is refused before anything is sent", async () => {
    return rust.small(new Blob(["x".repeat(100)])).catch((error) => error);
  }, /^BODY_TOO_LARGE: the body takes 1\d\d bytes, more than max_body_bytes \(20\) \(sent: no\)/);
  await check("a promise of a file that is too large is refused", async () => {
    return rust.small(Promise.resolve(new Blob(["x".repeat(100)]))).catch((error) => error);
  }, /^BODY_TOO_LARGE: .*\(sent: no\)/);

  await check("a getter that throws is an error that says where", () => {
    return rust.any({ a: { get b() { throw new Error("secret"); } } }).catch((error) => error);
  }, /^ENCODE: argument 1: \.a threw while it was read \(sent: no\)/);

  await check("blobs, forms, streams and classes of an answer are read into a struct", async () => {
    const [name, blob, form, stream, bytes, date, map, numbers, odd] = await rust.make();
    const read = async (stream) => {
      const chunks = [];
      for (const reader = stream.getReader(); ;) {
        const { done, value } = await reader.read();
        if (done) return chunks;
        chunks.push(value);
      }
    };
    return [
      name, blob instanceof Blob, blob.type, [...new Uint8Array(await blob.arrayBuffer())],
      await Promise.all([...form].map(async ([key, value]) => [key, typeof value === "string" ? value : [value.type, await value.text()]])),
      await read(stream), (await read(bytes)).flatMap((chunk) => [...chunk]), date.getTime(),
      [...map].map(([key, set]) => [key, [...set].map(String)]), numbers instanceof Uint16Array && [...numbers],
      [odd[0] === undefined, odd[1], Number.isNaN(odd[2]), Object.is(odd[3], -0), odd[4] === Symbol.for("s")],
      [odd[5], odd[6], odd[6] === odd[7], odd[8]],
    ];
  }, [
    "Ada", true, "text/x-odd", [104, 101, 108, 108, 111, 32, 0, 255],
    [["tag", "a"], ["photo", ["image/png", "png"]], ["tag", "b"]],
    ["a", { b: 1 }], [1, 2], 1500, [["k", ["1", "$x"]]], [1, 65535],
    [true, null, true, true, true], ["late", { in: "both" }, false, { ok: 2 }],
  ]);

  await check("an answer is one value of JavaScript", async () => {
    const whole = await rust.whole();
    const { odd } = whole;
    return [
      Object.keys(whole), whole.date instanceof Date, whole.map instanceof Map, whole.form instanceof FormData,
      odd[5] instanceof Promise, await odd[5], odd[6] === odd[7], {}.ok, Object.getPrototypeOf(odd[8]) === Object.prototype,
    ];
  }, [["name", "blob", "form", "stream", "bytes", "date", "map", "numbers", "odd"], true, true, true, true, "late", true, null, true]);

  await check("a value of another class is an error without the value", () => {
    return rust.wrong().catch((error) => error);
  }, /^DECODE: \.date: expected File, found another value \(sent: yes\)$/);

  await check("a value that the server returns unread comes back as itself", async () => {
    const act = () => 1;
    const file = new File(["f"], "f");
    return [(await rust.echo(act)) === act, (await rust.echo(file)) instanceof Blob];
  }, [true, true]);
  await check("an argument of JavaScript that comes back is read by Rust", async () => rust.echo_note({ text: "x", at: 2.5 }), "x 2.5");
}
