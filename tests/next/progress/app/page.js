import { echo, fails, later, store, storeAndGo } from "./actions";

export const dynamic = "force-dynamic";

/** Shows the ids of the actions to scripts, and a form with the element that shows its upload. */
export default function Page() {
  const ids = Object.fromEntries(Object.entries({ echo, fails, later, store, storeAndGo }).map(([name, { $$id }]) => [name, $$id]));
  return (
    <>
      <script id="ids" type="application/json" dangerouslySetInnerHTML={{ __html: JSON.stringify(ids) }} />
      <form id="upload" action={store}>
        <input name="name" defaultValue="Zoë" />
        <input name="file" type="file" />
        <button>Send</button>
      </form>
      <progress data-for="upload" />
      <progress data-for="another" />
    </>
  );
}
