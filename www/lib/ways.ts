// The six ways to make the two calls.
import { ready } from "actionlane";
import { configureActions, getDispatcher } from "actionlane/next";
import { createPaymentSession, saveTokens } from "@/app/actions";
import { actions } from "@/lib/actions";
import type { Pair, PaymentRefs } from "@/lib/measure";
import type { PaymentSession } from "@/lib/payment";

export const ways = ["next", "lane", "route", "policy", "queue", "skip"] as const;
export type Way = (typeof ways)[number];

/** The policies of the way "policy": its calls are those of the way "next". */
const policies = {
  createPaymentSession: { lane: "payment" },
  saveTokens: { render: "skip" },
} as const;

export type Policies = Parameters<typeof configureActions>[0];

/**
 * Sets the policies that a way has, `chosen` for the way "policy", and resolves when it can be measured: the wasm is
 * loaded with the page, not at the click. An app sets its policies once, in `instrumentation-client.ts`.
 */
export async function prepare(way: Way, chosen: Policies = policies): Promise<void> {
  configureActions(way === "policy" ? chosen : {});
  if (way === "policy") await getDispatcher();
  else if (way !== "next") await ready();
}

/** Makes the same two calls in six ways. */
export function pairs(refs: PaymentRefs): Record<Way, Pair> {
  const saveByCall: Pair["saveTokens"] = (idToken, accessToken) => actions.call(refs.saveTokens, [idToken, accessToken]);

  return {
    next: { saveTokens, createPaymentSession },
    policy: { saveTokens, createPaymentSession },
    queue: {
      saveTokens: saveByCall,
      createPaymentSession: (amount, idToken) => actions.call(refs.createPaymentSession, [amount, idToken]),
    },
    skip: {
      saveTokens: (idToken, accessToken) => actions.call(refs.saveTokens, [idToken, accessToken], { render: "skip" }),
      createPaymentSession: (amount, idToken) => actions.call(refs.createPaymentSession, [amount, idToken]),
    },
    lane: {
      saveTokens: saveByCall,
      createPaymentSession: (amount, idToken) =>
        actions.call(refs.createPaymentSession, [amount, idToken], { lane: "payment" }),
    },
    route: {
      saveTokens: saveByCall,
      createPaymentSession: async (amount, idToken) => {
        const response = await actions.route("/api/payin/session", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ amount, idToken }),
        });
        if (!response.ok) throw new Error(`the route answered ${response.status}`);
        const session: Omit<PaymentSession, "expiresAt"> & { expiresAt: string } = await response.json();
        return { ...session, expiresAt: new Date(session.expiresAt) };
      },
    },
  };
}
