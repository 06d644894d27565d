/** What the page's code throws, or rejects with, is the page's to hear of and changes nothing here: gives undefined then. */
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
