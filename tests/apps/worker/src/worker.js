// Runs the checks in a worker that a bundler has made.
import * as actionlane from "actionlane";
import { run } from "./checks.js";

run(actionlane).then((results) => postMessage(results));
