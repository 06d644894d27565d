/** Gives the server's code the values that its documents take for granted. */
export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs") await import("./given/server");
}
