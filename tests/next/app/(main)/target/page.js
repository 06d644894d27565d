import { Harness } from "../../harness";
import { ServerState, Shown } from "../../server-state";

/** The destination of redirects. Owns no action. */
export default async function Page({ searchParams }) {
  const query = await searchParams;
  return (
    <main>
      <h1 id="hash">/target</h1>
      <Shown values={{ query: JSON.stringify(query) }} />
      <ServerState page="/target" />
      <Harness page="/target" ids={{}} actions={{}} />
    </main>
  );
}
