import { Ids, idsOf } from "../../ids";
import { Harness } from "../../harness";
import { ServerState } from "../../server-state";
import * as actions from "./actions";

/** A page that owns the actions of a payment page in Rust, `examples/leptos-checkout`. */
export default function Page() {
  const ids = idsOf(actions);
  return (
    <main>
      <h1>/checkout</h1>
      <ServerState page="/checkout" />
      <Harness page="/checkout" ids={ids} actions={{ ...actions }} />
      <Ids ids={ids} />
    </main>
  );
}
