// Somebody else's alias, set before.
import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

const alias = { "next/dist/client/app-call-server": "./mine.js" };
const webpack = (config) => {
  Object.assign(config.resolve.alias, alias);
  return config;
};

export default withActionlane({ ...plain, turbopack: { ...plain.turbopack, resolveAlias: alias }, webpack });
