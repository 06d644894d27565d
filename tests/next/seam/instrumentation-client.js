// Policies that are there before hydration, if the address asks for them.
import { configureActions } from "actionlane/next";

const wanted = new URLSearchParams(location.search).get("policies");
if (wanted) configureActions(JSON.parse(wanted));
