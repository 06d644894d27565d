import { clearTokens, readTokens } from "@/lib/tokens";

/** The tokens this very request carried. They are made up by the page, so showing them is harmless. */
export async function GET(): Promise<Response> {
  return Response.json(await readTokens(), { headers: { "cache-control": "no-store" } });
}

export async function DELETE(): Promise<Response> {
  await clearTokens();
  return new Response(null, { status: 204 });
}
