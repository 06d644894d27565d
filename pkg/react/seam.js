// Finds the seam of `withActionlane`, if this page has one. Must not import it: pages without Next have none.

/** Stands for the state of a page without the seam. */
const NO_SEAM = { watchers: new Set() };

/** Returns the state of the page, as `page.js` of the seam describes it. */
export const seam = () => globalThis[Symbol.for("actionlane.next")] ?? NO_SEAM;
