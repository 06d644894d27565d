import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

const { headers, ...rest } = plain; // a file has no headers

export default withActionlane({ ...rest, output: "export" });
