// A route handler that encodes and decodes with the package, on the server.
import { decode, encode, ready } from "actionlane";

export const dynamic = "force-dynamic";

export async function GET() {
  await ready();
  const { value } = decode(new TextEncoder().encode('0:"$D2026-01-02T03:04:05.000Z"\n'));
  return Response.json({ encoded: await encode([1, "two"]), value: await value });
}
