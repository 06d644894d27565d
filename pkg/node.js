// For Node: `fetch` does not read files, and bundlers for servers move them. A chunk is where its importer looks for it. For what is
// transpiled to CommonJS as well, as test runners do: there is no `import.meta` there.
import { makeApi } from "./lib/api.js";

const chunk = async () => (await import("./wasm/actionlane_bytes.js")).bytes();

export const { createDispatcher, decode, encode, ready, init } = makeApi({ dispatcher: [chunk] });
export { ActionError, isActionError } from "./lib/error.js";
