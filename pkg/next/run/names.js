// Notes the names of imported actions, which Next's compiler writes beside their ids. Knows no policies.

import { isDevelopment, page } from "./page.js";
import { lookForMisspelled } from "./policies.js";

export function note(id, name) {
  if (typeof name !== "string" || name === "") return;
  page().names.set(id, name);
  if (isDevelopment) lookForMisspelled();
}
