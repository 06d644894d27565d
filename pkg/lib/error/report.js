// Reports errors that the page's code throws, as uncaught errors of the page. They must change nothing in the package.

/** Runs the page's code. Returns undefined if it throws. */
export function carefully(run) {
  try {
    return run();
  } catch (error) {
    report(error);
    return undefined;
  }
}

export function report(error) {
  if (typeof reportError === "function") reportError(error);
  else console.error(error);
}
