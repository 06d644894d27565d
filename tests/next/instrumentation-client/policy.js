// Lets the matrix see the requests as the network does, below the seam's own wrapper of `fetch`, and takes every action
// through one lane, or through the one that a row names.
import { configureActions } from "actionlane/next";

window.fixtureFetch = window.fetch;
window.fetch = function fetch(...args) {
  return window.fixtureFetch(...args);
};

configureActions(() => window.fixtureLane !== "none" && { lane: window.fixtureLane ?? "all" });
