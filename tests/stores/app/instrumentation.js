/** Gives the actions their store and what the documents take for granted. */
export async function register() {
  if (process.env.NEXT_RUNTIME === "nodejs") await import("./lib/given");
}
