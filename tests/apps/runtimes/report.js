// Runs the checks in a runtime that has no test runner, and prints their results as Jest does.
import { run } from "./src/checks.js";

/** Prints one report. `file` names the program. */
export async function print(file, actionlane) {
  const results = await run(actionlane, { origin: process.env.ACTIONS });
  const assertionResults = results.map(([fullName, error]) => ({
    fullName,
    status: error === null ? "passed" : "failed",
    failureMessages: error === null ? [] : [error],
  }));
  console.log(JSON.stringify({ testResults: [{ name: file, message: "", assertionResults }] }));
}
