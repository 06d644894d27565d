/** Name → id, as the server knows them; without the compiler's own names (`$$RSC_SERVER_CACHE_0`). */
export function idsOf(actions) {
  const named = Object.entries(actions).filter(([name]) => !name.startsWith("$$"));
  return Object.fromEntries(named.map(([name, action]) => [name, action.$$id]));
}

/** The ids in the page's HTML, for tests without a browser. */
export function Ids({ ids }) {
  return <script id="ids" type="application/json" dangerouslySetInnerHTML={{ __html: JSON.stringify(ids) }} />;
}
