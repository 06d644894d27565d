// @vitest-environment happy-dom
import * as actionlane from "actionlane";
import { test } from "vitest";
import { checks } from "./src/checks.js";

for (const [name, check] of Object.entries(checks)) test(name, () => check(actionlane, (query) => `${process.env.ACTIONS}/?${query}`));
