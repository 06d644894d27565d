/** Opens a session as a route handler: answers with the key that came along, too. */
export async function POST(request) {
  const { amount } = await request.json();
  return Response.json({ sessionId: "cs_route", amount, key: request.headers.get("idempotency-key")?.replaceAll('"', "") });
}
