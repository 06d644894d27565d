// Where the page calls from deep inside its own recursion, the stack may end within the wasm, which cannot go on after that.

/** Far more than any call into the wasm takes, its own calls of this package's functions included. */
const FRAMES = 600;

/** With arguments, so that a frame is of some size however it is compiled. */
const down = (left, a, b, c, d, e, f, g) => (left > 0 ? 1 + down(left - 1, a, b, c, d, e, f, g) : 0);

/** Frames that suffice for all that is done before the wasm is called. */
const FEW = 150;

/** Throws what the engine throws at the end of the stack if that is near: before anything has begun. */
export function needRoom() {
  down(FEW, 0, 0, 0, 0, 0, 0, 0);
}

/** Whether there is stack enough to call the wasm from here. If not, do it in a microtask, which has all of it. */
export function hasRoom() {
  try {
    return down(FRAMES, 0, 0, 0, 0, 0, 0, 0) === FRAMES;
  } catch {
    return false;
  }
}
