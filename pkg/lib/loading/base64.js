// Decodes base64. Knows nothing of what the bytes are.

/** Returns the bytes of a text in base64. */
export function bytesOf(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const bytes = atob(text);
  const made = new Uint8Array(bytes.length);
  for (let at = 0; at < made.length; at++) made[at] = bytes.charCodeAt(at);
  return made;
}
