// For browsers and bundlers: the wasm is a file beside this one. Where that cannot be had (a bundler that moves the one and not the
// other, a server that forbids it), a copy of it in a chunk can.
import { makeApi } from "./lib/api.js";

const file = () => new URL("./wasm/actionlane_bg.wasm", import.meta.url);
const chunk = async () => (await import("./wasm/actionlane_bytes.js")).bytes();

export const { createDispatcher, decode, encode, ready, init } = makeApi({ dispatcher: [file, chunk] });
export { ActionError, isActionError } from "./lib/error.js";
