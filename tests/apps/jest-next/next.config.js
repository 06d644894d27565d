// Makes Next transpile the package, which is written in ES modules.
module.exports = { transpilePackages: ["actionlane"] };
