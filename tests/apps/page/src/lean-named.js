// A bundler that makes one file emits no wasm beside it, so the page says where the wasm is.
import { ActionError, createDispatcher, decode, encode, init, isActionError, ready } from "actionlane/lean";
import { run } from "./checks.js";

const given = init({ dispatcher: "dist/dispatcher.wasm", flight: "dist/flight.wasm" });
window.checks = given.then(() => run({ ActionError, createDispatcher, decode, encode, isActionError, ready }));
