// Values at the limits, and helpers that use up the stack. Put before each script of `limits.rs`.

const DEPTH = 20_000; // the default of maxDepth
const RAISED = 1_000_000;

/** An id of an action that uses all of its arguments. */
const action = "7f" + "ab".repeat(20);
const flight = rows => new Response(rows, { headers: { "content-type": "text/x-component" } });
const answering = (rows, options) => actionlane.createDispatcher({ url, fetch: async () => flight(rows), ...options });
const outcome = promise => Promise.resolve(promise).then(() => "value", error => error?.code ?? String(error));

/** Returns rows, each of which needs the next. */
const chain = (count, row, last = "[]") => {
    let text = "";
    for (let at = 0; at < count; at++) text += `${at.toString(16)}:${row((at + 1).toString(16))}\n`;
    return `${text}${count.toString(16)}:${last}\n`;
};
const half = count => Math.floor(count / 2);

/** Answers with `count` nested containers in one row. */
const DEEP = {
    arrays: count => `0:${"[".repeat(count)}${"]".repeat(count)}\n`,
    objects: count => `0:${'{"a":'.repeat(count)}1${"}".repeat(count)}\n`,
    "a date inside": count => `0:${'{"a":'.repeat(count)}"$D2020-01-01T00:00:00.000Z"${"}".repeat(count)}\n`,
    "dates everywhere": count => `0:${'["$n1",{"d":"$D2020-01-01T00:00:00.000Z","a":'.repeat(half(count))}1${"}]".repeat(half(count))}\n`,
    elements: count => `0:${'["$","a",null,{"children":'.repeat(half(count))}1${"}]".repeat(half(count))}\n`,
    "what a path leads through": count => `0:["$1${":a".repeat(count)}"]\n1:${'{"a":'.repeat(count)}1${"}".repeat(count)}\n`,
    "an error": count => `0:["$Z1"]\n1:${'{"cause":'.repeat(count)}1${"}".repeat(count)}\n`,
};

/** Answers with `count` rows that need each other. */
const LONG = {
    Maps: count => chain(count, id => `[[0,"$Q${id}"]]`),
    Sets: count => chain(count, id => `["$W${id}"]`),
    promises: count => chain(count, id => `{"p":"$@${id}"}`),
    "promises of promises": count => chain(count, id => `"$@${id}"`),
    "lazy values": count => chain(count, id => `{"p":"$L${id}"}`),
    "lazy values of lazy values": count => chain(count, id => `"$L${id}"`),
    references: count => chain(count, id => `"$${id}"`),
    "references in arrays": count => chain(count, id => `["$${id}"]`),
    "references, backwards": count => chain(count, id => `["$${id}"]`).trim().split("\n").reverse().join("\n") + "\n",
    Errors: count => chain(count, id => `{"message":"m","cause":"$Z${id}"}`, '{"message":"m"}'),
    "elements with references": count => chain(count, id => `["$","a",null,{"children":"$${id}"}]`),
};

const nested = (count, wrap) => {
    let value = 1;
    for (let at = 0; at < count; at++) value = wrap(value);
    return value;
};

/** Arguments that nest containers, by kind: the number of containers that a step adds, and the step. */
const ARGUMENTS = {
    arrays: [1, value => [value]],
    objects: [1, value => ({ a: value })],
    Maps: [2, value => new Map([[0, value]])],
    Sets: [1, value => new Set([value])],
    mixed: [5, value => [{ a: new Map([["k", new Set([value])]]) }]],
    toJSON: [1, value => ({ toJSON: () => [value] })],
    iterators: [1, value => [value].values()],
};
const deepArguments = (name, count) => [nested(Math.floor((count - 1) / ARGUMENTS[name][0]), ARGUMENTS[name][1])];

/**
 * Calls `act` with more and more stack left, beginning with almost none. Returns the different outcomes. `prepare`
 * makes its argument each time, with all of the stack.
 */
const atTheEndOfTheStack = async (act, prepare = () => undefined) => {
    const seen = new Set();
    for (let left = 0; left < 3000; left += left < 400 ? 3 : 37) {
        const prepared = prepare();
        let done;
        const down = () => {
            let above;
            try {
                above = down();
            } catch {
                return 0;
            }
            if (above === left) {
                try {
                    done = act(prepared);
                } catch (error) {
                    done = Promise.reject(error);
                }
            }
            return above + 1;
        };
        down();
        seen.add((await settle(Promise.resolve(done).then(() => "value", error => error?.code ?? "the end of the stack"))).value ?? "hung");
    }
    return [...seen].sort();
};
