// Somebody else's alias, set by a wrapper around ours.
import { fileURLToPath } from "node:url";
import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

const alias = { "next/dist/client/app-call-server": fileURLToPath(new URL("./mine.js", import.meta.url)) };
const withAlias = (config) => ({
  ...config,
  webpack(made, context) {
    const out = config.webpack ? config.webpack(made, context) : made;
    Object.assign(out.resolve.alias, alias);
    return out;
  },
});

export default withAlias(withActionlane(plain));
