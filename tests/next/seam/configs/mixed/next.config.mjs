// A function between two other wrappers, under a path.
import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

const withInner = (config) => ({
  ...config,
  env: { ...config.env, INNER: "inner" },
  webpack(made, context) {
    made.plugins.push(new context.webpack.DefinePlugin({ "process.env.BY_WEBPACK": '"inner"' }));
    return made;
  },
});
const withOuter = (config) => async (phase, context) => {
  const made = await config(phase, context);
  return { ...made, env: { ...made.env, OUTER: "outer" }, webpack: made.webpack && ((...args) => made.webpack(...args)) };
};

export default withOuter(withActionlane(async () => withInner({ ...plain, basePath: "/base", assetPrefix: "/assets" })));
