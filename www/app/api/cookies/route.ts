import { clearTokens, readTokens } from "@/lib/tokens";

/** Returns the tokens that this request carried. The page makes them up, so it is safe to show them. */
export async function GET(): Promise<Response> {
  return Response.json(await readTokens(), { headers: { "cache-control": "no-store" } });
}

export async function DELETE(): Promise<Response> {
  await clearTokens();
  return new Response(null, { status: 204 });
}
