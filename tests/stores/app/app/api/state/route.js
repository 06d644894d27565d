export const dynamic = "force-dynamic";

/** Answers once the store is open: the server is ready. */
export const GET = () => Response.json({ server: process.env.SERVER, open: "store" in globalThis });
