// Runs the checks in Node.js, against the actions at ACTIONS.
import * as actionlane from "actionlane";
import { checks } from "./src/checks.js";

for (const [name, check] of Object.entries(checks)) test(name, () => check(actionlane, (query) => `${process.env.ACTIONS}/?${query}`));
