export function values() {
  window.controller = new AbortController();
  return { signal: window.controller.signal };
}
