// Guesses which known word a misspelled one means. Used for messages only; must not correct an option.

/** Returns "; did you mean …?" if a known word is near; else "". */
export function didYouMean(given, known) {
  const found = nearest(given, known);
  return found === undefined ? "" : `; did you mean ${JSON.stringify(found)}?`;
}

/**
 * Returns the known word that takes the fewest steps to write; undefined if that takes too many for its length. A step
 * adds, removes or replaces a letter, or swaps two.
 */
export function nearest(given, known) {
  if (given.length > 40) return undefined;
  let found;
  let least = Math.max(1, Math.floor(given.length * 0.45)) + 1;
  for (const word of known) {
    const steps = distance(given.toLowerCase(), word.toLowerCase());
    if (steps < least) [found, least] = [word, steps];
  }
  return found;
}

function distance(a, b) {
  let before;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
      if (i > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
