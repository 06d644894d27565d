// Makes Babel transpile the package for Jest, to what this Node.js runs.
module.exports = { presets: [["@babel/preset-env", { targets: { node: "current" } }]] };
