// Runs the checks where the package is required: this Node.js gives modules to `require`.
const actionlane = require("actionlane");

import("./report.js").then(({ print }) => print("require.cjs", actionlane));
