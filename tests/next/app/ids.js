/** Returns the ids of actions by name, without names of the compiler's own (`$$RSC_SERVER_CACHE_0`). */
export function idsOf(actions) {
  const named = Object.entries(actions).filter(([name]) => !name.startsWith("$$"));
  return Object.fromEntries(named.map(([name, action]) => [name, action.$$id]));
}

/** Writes the ids into the page's HTML, for tests without a browser. */
export function Ids({ ids }) {
  return <script id="ids" type="application/json" dangerouslySetInnerHTML={{ __html: JSON.stringify(ids) }} />;
}
