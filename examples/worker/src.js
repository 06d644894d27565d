// A worker that calls actions: the page stays free, and `scope: "origin"` would share its lanes with the page.
import { createDispatcher } from "actionlane";

const actions = createDispatcher({ url: "/" });
const ids = fetch("/api/ids").then((response) => response.json());

self.onmessage = async ({ data: amount }) => {
  const { createPaymentSession } = await ids;
  const { sessionId } = await actions.call(createPaymentSession, [amount], { lane: "payment" });
  self.postMessage(sessionId);
};
