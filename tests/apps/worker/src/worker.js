import * as actionlane from "actionlane";
import { run } from "./checks.js";

run(actionlane).then((results) => postMessage(results));
