// Runs the checks where the package is imported, against the actions at ACTIONS, and prints Jest's report.
import * as actionlane from "actionlane";
import { print } from "./report.js";

await print("import.js", actionlane);
