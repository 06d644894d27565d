import { cookies, headers } from "next/headers";
import { state } from "./state";
import { tagged } from "./tagged";

/**
 * Shows the server's present state. Every number only grows, so a stale page is recognised. Reading headers makes
 * the page dynamic.
 */
export async function ServerState({ page }) {
  await headers();
  const { counts, renders } = state();
  renders[page] = (renders[page] ?? 0) + 1;
  const shown = { page, renders: renders[page], ...counts, tagged: await tagged(), flavour: (await cookies()).get("flavour")?.value ?? "none" };
  return <Shown values={shown} />;
}

export function Shown({ values }) {
  return (
    <dl>
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-testid={name}>{String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
