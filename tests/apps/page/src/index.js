// Runs the checks on the package's main entry.
import { ActionError, createDispatcher, decode, encode, isActionError, ready } from "actionlane";
import { run } from "./checks.js";

window.checks = run({ ActionError, createDispatcher, decode, encode, isActionError, ready });
