// The five ways to make the two calls.
import { ready } from "actionlane";
import { createPaymentSession, saveTokens } from "@/app/actions";
import { actions } from "@/lib/actions";
import type { ActionName, Pair } from "@/lib/measure";
import type { PaymentSession } from "@/lib/payment";

export const ways = ["next", "queue", "skip", "lane", "route"] as const;
export type Way = (typeof ways)[number];

/** Resolves when a way can be measured: the wasm is loaded with the page, not at the click. */
export const prepared = ready;

/** Makes the same two calls in five ways. */
export function pairs(ids: Record<ActionName, string>): Record<Way, Pair> {
  const save = { id: ids.saveTokens, name: "saveTokens" };
  const create = { id: ids.createPaymentSession, name: "createPaymentSession" };
  const saveByCall: Pair["saveTokens"] = (idToken, accessToken) => actions.call(save, [idToken, accessToken]);

  return {
    next: { saveTokens, createPaymentSession },
    queue: {
      saveTokens: saveByCall,
      createPaymentSession: (amount, idToken) => actions.call<PaymentSession>(create, [amount, idToken]),
    },
    skip: {
      saveTokens: (idToken, accessToken) => actions.call(save, [idToken, accessToken], { render: "skip" }),
      createPaymentSession: (amount, idToken) => actions.call<PaymentSession>(create, [amount, idToken]),
    },
    lane: {
      saveTokens: saveByCall,
      createPaymentSession: (amount, idToken) =>
        actions.call<PaymentSession>(create, [amount, idToken], { lane: "payment" }),
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
