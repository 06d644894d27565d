// One build is served by several processes; the environment of each says which store it uses. The types are checked by
// the part `types` of the tests, with the declarations that the documents give.
import { fileURLToPath } from "node:url";

const above = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, ""); // the directory of node_modules

export default { poweredByHeader: false, outputFileTracingRoot: above, turbopack: { root: above }, typescript: { ignoreBuildErrors: true } };
