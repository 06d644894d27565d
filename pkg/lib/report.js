// Reports what the page's code throws, which is the page's to hear of and changes nothing here.

/** Gives undefined where `run` throws. */
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
