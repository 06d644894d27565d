import { headers } from "next/headers";
import { idsOf } from "../ids";
import { Owner } from "../owner";
import { effect } from "../state";

/** The first page. Owns the actions of `app/actions`, and a closure. */
export default async function Page() {
  const secret = `secret of ${(await headers()).get("host")}`;

  /** Is a closure: `secret` travels encrypted, bound to the function. */
  async function reveal(value) {
    "use server";
    effect("reveal");
    return [secret, value];
  }

  return <Owner page="/" passed={{ reveal }} passedIds={idsOf({ reveal })} />;
}
