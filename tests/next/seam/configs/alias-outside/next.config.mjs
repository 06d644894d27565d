// Somebody else's alias, set by a wrapper around ours.
import path from "node:path";
import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

const file = "next/dist/client/app-call-server";
const withAlias = (config) => ({
  ...config,
  ...(config.turbopack && { turbopack: { ...config.turbopack, resolveAlias: { [file]: "./mine.js" } } }),
  webpack(made, context) {
    const out = config.webpack ? config.webpack(made, context) : made;
    out.resolve.alias[file] = path.join(context.dir, "mine.js");
    return out;
  },
});

export default withAlias(withActionlane(plain));
