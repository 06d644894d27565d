// Finds the seam of `withActionlane`, if this page has one. Must not import it: pages without Next have none.

/** Returns the state of the page, as `page.js` of the seam describes it; without the seam, an empty object. */
export const seam = () => globalThis[Symbol.for("actionlane.next")] ?? {};
