// Lets the matrix see the requests as the network does, below the seam's own wrapper of `fetch`, and takes every action
// through one lane.
import { configureActions } from "actionlane/next";

window.fixtureFetch = window.fetch;
window.fetch = function fetch(...args) {
  return window.fixtureFetch(...args);
};

configureActions({ default: { lane: "all" } });
