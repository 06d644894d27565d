import { createPaymentSession, saveTokens } from "@/app/actions";
import { actionId } from "@/lib/action-id";

/** Returns the actions' ids, for pages that Next.js does not render. */
export function GET(): Response {
  return Response.json({ saveTokens: actionId(saveTokens), createPaymentSession: actionId(createPaymentSession) });
}
