// Runs the checks in a worker, on the package as it is unpacked, without a bundler.
import * as actionlane from "../actionlane/index.js";
import { run } from "./checks.js";

run(actionlane).then((results) => postMessage(results));
