// Runs the checks on the entry that holds the dispatcher's wasm.
import { ActionError, createDispatcher, decode, encode, isActionError, ready } from "actionlane/inline";
import { run } from "./checks.js";

window.checks = run({ ActionError, createDispatcher, decode, encode, isActionError, ready });
