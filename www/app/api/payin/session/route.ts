import { openPaymentSession } from "@/lib/payment";

/** Does the work of the action `createPaymentSession` as a route: JSON in, JSON out. */
export async function POST(request: Request): Promise<Response> {
  const body: { amount?: unknown; idToken?: unknown } | null = await request.json().catch(() => null);
  const { amount, idToken } = body ?? {};
  if (typeof amount !== "number" || !(amount > 0) || typeof idToken !== "string" || !idToken) {
    return Response.json({ error: "expected { amount: a positive number, idToken: string }" }, { status: 400 });
  }
  return Response.json(await openPaymentSession(amount, idToken));
}
