// Evaluates the JavaScript expressions of the vectors, with the names that they may use.

import { CLIENT_MANIFEST } from "./webpack.mjs";

// A promise of an expression may reject before anything awaits it, or without that.
process.on("unhandledRejection", () => {});

const tick = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes a stream of any values, with `delay` ms between two, that ends or fails with `error`. */
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

/** Makes a byte stream to which a reader may bring its own buffers. */
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

/** Evaluates a server's answer; the React of `release` makes the elements. */
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
 * Evaluates a page's arguments. `serverRef(id, bound)` makes a server reference in the encoder's own form; it may
 * return a promise. Only references that the expression names are made.
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
  // Wrapped in an object, since `await` would unwrap a value that is a promise.
  return { value: evaluate(expression, { tick, textStream, byteStream, React, ...references }) };
}
