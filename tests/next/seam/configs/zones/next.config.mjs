// Shows the app `mixed`, a zone of its own, on this app's origin.
import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

const zone = process.env.SEAM_ZONE;
const rewrites = async () => ["/base", "/base/:path*", "/assets/:path*"].map((source) => ({ source, destination: `${zone}${source}` }));

export default withActionlane({ ...plain, rewrites });
