// Runs the checks on the entry without a copy of the wasm in JavaScript.
import { ActionError, createDispatcher, decode, encode, isActionError, ready } from "actionlane/lean";
import { run } from "./checks.js";

window.checks = run({ ActionError, createDispatcher, decode, encode, isActionError, ready });
