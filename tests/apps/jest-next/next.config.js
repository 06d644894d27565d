module.exports = { transpilePackages: ["actionlane"] };
