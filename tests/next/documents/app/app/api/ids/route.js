import { refs } from "actionlane/server";
import { createPaymentSession } from "@/app/actions";

/** Returns a reference, as README.md says, for pages that Next does not render. */
export const GET = () => Response.json(refs({ createPaymentSession }));
