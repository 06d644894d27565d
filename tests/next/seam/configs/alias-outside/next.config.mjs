// Somebody else's alias, set by a wrapper around ours.
import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

const alias = { "next/dist/client/app-call-server": "./mine.js" };
const withAlias = (config) => ({
  ...config,
  ...(config.turbopack && { turbopack: { ...config.turbopack, resolveAlias: alias } }),
  webpack(made, context) {
    const out = config.webpack ? config.webpack(made, context) : made;
    Object.assign(out.resolve.alias, alias);
    return out;
  },
});

export default withAlias(withActionlane(plain));
