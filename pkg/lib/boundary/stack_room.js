// Measures how much stack is left. The page may call from deep inside a recursion; if the stack overflowed inside the
// wasm, the instance would be lost. Must not call the wasm.

/**
 * Frames of `down` for `hasStackRoom`: far more than a call into the wasm needs with all that it calls of this
 * package, about 100 kB.
 */
const FRAMES = 340;
/**
 * Frames of `down` for `requireStackRoom`: enough for the JavaScript that runs before the wasm is called, and for the
 * engine to compile it.
 */
const FEW_FRAMES = 220;

/** Recurses `left` frames. It has many arguments, so that a frame has some size however it is compiled. */
// biome-ignore format: one line
const down = (left, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z) => (left > 0 ? 1 + down(left - 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) : 0);

/** Throws the engine's stack overflow error if the stack is nearly full, before any work has begun. */
export function requireStackRoom() {
  down(FEW_FRAMES);
}

/** Returns the result of `hasStackRoom`; throws as `requireStackRoom` does. Takes one look for both. */
export function measureStackRoom() {
  const room = hasStackRoom();
  if (!room) requireStackRoom();
  return room;
}

/**
 * True if enough stack is left to call the wasm from here. If not, call it in a microtask, which has all of the stack.
 */
export function hasStackRoom() {
  try {
    return down(FRAMES) === FRAMES;
  } catch {
    return false;
  }
}
