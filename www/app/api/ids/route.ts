import { refs } from "actionlane/server";
import { createPaymentSession, saveTokens } from "@/app/actions";

/** Returns references to the actions, for pages that Next.js does not render. */
export function GET(): Response {
  return Response.json(refs({ saveTokens, createPaymentSession }));
}
