import { Harness } from "../../../harness";

/** The photo on a page of its own, as it appears when it is loaded. Owns no action. */
export default function Page() {
  return (
    <main>
      <h1>/gallery/photo</h1>
      <Harness page="/gallery/photo" ids={{}} actions={{}} />
    </main>
  );
}
