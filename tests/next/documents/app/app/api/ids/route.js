import { refs } from "actionlane/server";
import { createPaymentSession } from "@/app/actions";

/** Returns the ids that a page without Next needs, as README.md says. */
export const GET = () => Response.json({ createPaymentSession: refs({ createPaymentSession }).createPaymentSession.id });
