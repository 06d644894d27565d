// Lets the matrix see the requests as the network does: below the seam's own wrapper of `fetch`.
window.fixtureFetch = window.fetch;
window.fetch = function fetch(...args) {
  return window.fixtureFetch(...args);
};
