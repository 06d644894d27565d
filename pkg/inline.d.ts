/** Types of `actionlane/inline`: those of `actionlane`. */
export * from "./index.js";
