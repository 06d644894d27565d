// Writes entries to the User Timing of the browser, in the form that the Performance panel of DevTools shows as tracks:
// a track for each lane. Must not fail where User Timing is missing.

import { attempt, performance } from "./page.js";

/** Returns the name of an entry's measure. The number makes it the only one of this name, so that it can be removed. */
const nameOf = ({ id, name, number }) => `${name ?? id.slice(0, 8)} #${number}`;

/** Writes an entry that has ended. Returns a function that removes it. */
export function draw(entry) {
  const { start, waited, lane = "actions" } = entry;
  const name = nameOf(entry);
  const properties = ["id", "status", "size"].map((key) => [key, `${entry[key]}`]);
  const measure = (name, start, end, color) => {
    const devtools = { dataType: "track-entry", track: lane, trackGroup: "Actionlane", color, properties };
    performance.measure(name, { start, end, detail: { devtools } });
  };
  attempt(() => {
    if (waited > 0) measure(`${name} waits`, start - waited, start, "secondary-light");
    measure(name, start, entry.end ?? entry.head, entry.error ? "error" : "primary");
  });
  return () => attempt(() => {
    performance.clearMeasures(name);
    performance.clearMeasures(`${name} waits`);
  });
}
