/** Tells Rust what becomes of a promise, or of whatever else it is: `told(place, turn, fulfilled, value)`. */
export function wait(given, place, turn, told) {
  Promise.resolve(given).then(
    (value) => told(place, turn, true, value),
    (error) => told(place, turn, false, error),
  );
}
