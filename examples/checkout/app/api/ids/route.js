import { refs } from "actionlane/server";
import { createPaymentSession } from "../../actions";

/** Tells pages that Next.js does not render the ids of the build. */
export const GET = () => Response.json(refs({ createPaymentSession }));
