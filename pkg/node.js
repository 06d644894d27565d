// For Node: `fetch` does not read files.
import { readFile } from "node:fs/promises";
import { makeApi } from "./lib/api.js";

export const { createDispatcher, decode, encode, ready, init } = makeApi(() => readFile(new URL("./wasm/actionlane_bg.wasm", import.meta.url)));
export { ActionError, isActionError } from "./lib/error.js";
