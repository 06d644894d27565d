// Configures Jest by Next's own helper, with jsdom at the origin that answers actions.
const nextJest = require("next/jest");

module.exports = nextJest({ dir: "./" })({
  testEnvironment: "jsdom",
  testEnvironmentOptions: { url: process.env.ACTIONS },
  setupFiles: ["<rootDir>/setup.js"],
});
