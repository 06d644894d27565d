// Breaks the connection of a page, or watches it: each function runs in it before its scripts. Knows no page.

/**
 * Loses the answer to the first request with an idempotency key: the server has run it. `window.keys` holds the key of
 * each such request.
 */
export const loseFirstAnswer = () => {
  const { fetch } = window;
  window.keys = [];
  window.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const key = new Headers(init?.headers).get("idempotency-key");
    if (key === null || window.keys.push(key) > 1) return answer;
    await answer.text();
    throw new TypeError("the connection is lost");
  };
};

/** Refuses each request of an action. `window.unhandled` holds the codes of errors that the page's scripts let pass. */
export const refuseActions = () => {
  const { fetch } = window;
  window.unhandled = [];
  window.addEventListener("unhandledrejection", ({ reason }) => window.unhandled.push(String(reason.code ?? reason)));
  window.fetch = async (input, init) => {
    if (new Headers(init?.headers).has("next-action")) throw new TypeError("no connection");
    return fetch(input, init);
  };
};

/** Counts, in `window`, the requests of actions: `sent`, `answered`, and `aborted` before their answer. */
export const watchAborts = () => {
  const { fetch } = window;
  Object.assign(window, { sent: 0, answered: 0, aborted: 0 });
  window.fetch = async (input, init) => {
    if (!new Headers(init?.headers).has("next-action")) return fetch(input, init);
    window.sent += 1;
    try {
      const answer = await fetch(input, init);
      window.answered += 1;
      return answer;
    } catch (error) {
      if (error.name === "AbortError") window.aborted += 1;
      throw error;
    }
  };
};
