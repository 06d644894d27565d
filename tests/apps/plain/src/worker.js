import * as actionlane from "../actionlane/index.js";
import { run } from "./checks.js";

run(actionlane).then((results) => postMessage(results));
