// The entry for `require` in Node.js: the entry for `import`, which Node.js 20.19, 22.12 and later give to `require` as
// well. Must hold no logic but the message for older ones.
"use strict";

try {
  module.exports = require("./node.js");
} catch (cause) {
  if (cause?.code !== "ERR_REQUIRE_ESM") throw cause;
  const message = `actionlane is an ES module, which require() of Node.js ${process.version} cannot load: write await import("actionlane"), or use Node.js 20.19, 22.12 or later`;
  throw Object.assign(new Error(message, { cause }), { code: cause.code });
}
