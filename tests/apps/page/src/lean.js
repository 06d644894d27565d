import { ActionError, createDispatcher, decode, encode, isActionError, ready } from "actionlane/lean";
import { run } from "./checks.js";

window.checks = run({ ActionError, createDispatcher, decode, encode, isActionError, ready });
