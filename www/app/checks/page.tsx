import type { Metadata } from "next";
import { refs } from "actionlane/server";
import * as actions from "./actions";

export const metadata: Metadata = { title: "Checks", robots: { index: false } };

/**
 * Lists the actions that the end-to-end tests call. The build contains only actions that a page imports, such as
 * this one.
 */
export default function Checks() {
  return (
    <main className="checks">
      <h1>Checks</h1>
      <p>Server Actions that answer in every way an action can. The end-to-end tests call them by id.</p>
      <dl>
        {Object.values(refs(actions)).map(({ id, name }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{id}</code>
            </dd>
          </div>
        ))}
      </dl>
    </main>
  );
}
