// Serves the tests directly, without an action: state, cookies, reset, hold?name=, open?name=.
import { cookies } from "next/headers";
import { hold, open, reset, state } from "../../state";

export const dynamic = "force-dynamic";

export async function GET(request, context) {
  const { what } = await context.params;
  const name = request.nextUrl.searchParams.get("name");
  if (what === "cookies") return Response.json(Object.fromEntries((await cookies()).getAll().map(({ name, value }) => [name, value])));
  if (what === "reset") reset();
  if (what === "hold") hold(name);
  if (what === "open") open(name);
  const { runs, saves } = state();
  return Response.json({ runs, saves });
}
