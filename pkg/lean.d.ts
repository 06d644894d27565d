/** Types of `actionlane/lean`: those of `actionlane`. */
export * from "./index.js";
