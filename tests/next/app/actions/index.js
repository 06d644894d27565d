// All actions that pages of the harness own.
export * from "./cached";
export * from "./components";
export * from "./cookies";
export * from "./failures";
export * from "./forms";
export * from "./leave";
export * from "./order";
export * from "./revalidate";
export * from "./streams";
export * from "./values";
