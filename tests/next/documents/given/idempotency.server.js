import { memoryStore } from "actionlane/server";
import { begin, state } from "@/state";

Object.assign(globalThis, {
  currentUser: async () => ({ id: state.user }),
  async pay(order, amount, options) {
    await begin("pay", order, amount, options);
    return { paidAt: new Date("2026-11-21T09:00:00Z") };
  },
  store: memoryStore(),
  user: "u1",
  action: "charge",
});
