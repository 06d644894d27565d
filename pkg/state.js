// The entry `actionlane/state`: an action's result as a value that a page can show and follow, in any framework. Must
// not import one, nor load wasm.

export { state } from "./state/action_state.js";
