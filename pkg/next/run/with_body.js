// Makes a response with another body. Knows no actions.

/** Returns a response that says what `original` says, with this body. Its constructor takes no address. */
export function withBody({ status, statusText, headers, url, redirected }, body) {
  const response = new Response(body ?? null, { status, statusText, headers });
  for (const [name, value] of Object.entries({ url, redirected })) Object.defineProperty(response, name, { value, configurable: true });
  return response;
}
