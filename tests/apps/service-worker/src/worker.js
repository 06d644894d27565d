// Runs the checks in a service worker, which may not import anything while it runs: one file holds everything.
import * as actionlane from "actionlane";
import { run } from "./checks.js";

addEventListener("message", (event) => {
  const results = run(actionlane).catch((error) => ({ error: String(error) }));
  event.waitUntil(results.then((results) => event.source.postMessage(results)));
});
