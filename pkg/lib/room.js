// Where the page calls from deep inside its own recursion, the stack may end within the wasm, which cannot go on after that.

/** Far more than any call into the wasm takes, with all that it calls of this package: about 100 kB. */
const FRAMES = 340;
/** What suffices for all that is done before the wasm is called, and to compile that. */
const FEW = 220;

/** With many arguments, so that a frame is of some size however it is compiled. */
// biome-ignore format: one line
const down = (left, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z) => (left > 0 ? 1 + down(left - 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) : 0);

/** Throws what the engine throws at the end of the stack if that is near: before anything has begun. */
export function needRoom() {
  down(FEW);
}

/** One look for both: what `hasRoom` says. Throws as `needRoom` does. */
export function lookForRoom() {
  const room = hasRoom();
  if (!room) needRoom();
  return room;
}

/** Whether there is stack enough to call the wasm from here. If not, do it in a microtask, which has all of it. */
export function hasRoom() {
  try {
    return down(FRAMES) === FRAMES;
  } catch {
    return false;
  }
}
