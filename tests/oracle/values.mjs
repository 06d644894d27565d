// The JavaScript expressions of the vectors, evaluated: the names they may use are these.

import { CLIENT_MANIFEST } from "./webpack.mjs";

// A promise of an expression may reject before, or without, anybody waiting for it.
process.on("unhandledRejection", () => {});

const tick = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A stream of any values, `delay` ms between two, that ends or fails with `error`. */
function textStream(values, error, delay = 0) {
  const rest = [...values];
  let wait = 0;
  return new ReadableStream({
    async pull(controller) {
      await tick(wait);
      wait = delay;
      if (rest.length > 0) controller.enqueue(rest.shift());
      else if (error) controller.error(error);
      else controller.close();
    },
  });
}

/** A byte stream a reader may bring its own buffers to. */
function byteStream(chunks) {
  const rest = [...chunks];
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const chunk = rest.shift();
      if (chunk) {
        controller.enqueue(new Uint8Array(chunk));
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}

function evaluate(expression, scope) {
  return new Function(...Object.keys(scope), `return (${expression}\n)`)(...Object.values(scope));
}

/** What a server would return: `release` is whose React makes elements. */
export function answer(expression, release) {
  const { edge, serverReact, serverReactDom } = release;
  const action = (id, name) => edge.registerServerReference(async (...args) => args, id, name);
  const clientFn = (id) => {
    if (!Object.hasOwn(CLIENT_MANIFEST, id)) throw new Error(`no client reference ${id}`);
    return edge.registerClientReference(() => {}, ...id.split("#"));
  };
  return evaluate(expression, {
    ...{ tick, textStream, byteStream, clientFn },
    serverFn: action("40abc0", null),
    serverFnB: action("file:///b.js", "named"),
    React: serverReact,
    ReactDOM: serverReactDom,
  });
}

/**
 * What a page would send. `serverRef(id, bound)` makes a server reference as whoever encodes knows them; it may be a promise.
 * Only what the expression names is made.
 */
export async function args(expression, React, serverRef) {
  const references = {};
  const wants = (name) => new RegExp(`\\b${name}\\b`).test(expression);
  const offered = {
    serverRef: () => serverRef("40abc0"),
    serverRefB: () => serverRef("file:///b.js#named"),
    serverRefBound: () => serverRef("40abc0", [{ a: 1 }, "b"]),
    serverRefBoundMap: () => serverRef("40abc0", [new Map([[1, 2]])]),
  };
  for (const [name, make] of Object.entries(offered)) references[name] = wants(name) ? await make() : undefined;
  // A value that is a promise is not to be waited for.
  return { value: evaluate(expression, { tick, textStream, byteStream, React, ...references }) };
}
