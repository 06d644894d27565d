// Runs the checks in a page of a browser extension, whose manifest lets it reach the server for actions.
import * as actionlane from "actionlane";
import { run } from "./checks.js";

window.checks = run(actionlane, { origin: new URL(location.href).searchParams.get("actions") });
