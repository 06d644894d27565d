// Serves the tests directly, without an action. GET: state, cookies, effects?key=, gate?key=[&arrived=n], pass?key=
// (waits at the gate), slow?ms=. POST: reset, gate?key= (opens the gate), effect?key=.
import { revalidatePath, revalidateTag } from "next/cache";
import { cookies } from "next/headers";
import { effect, gate, reset, state } from "../../state";
import { TAG } from "../../tagged";

export async function GET(request, context) {
  const { what } = await context.params;
  const query = request.nextUrl.searchParams;
  switch (what) {
    case "state": {
      const { gates, ...rest } = state();
      return Response.json({ ...rest, gates: Object.fromEntries(Object.entries(gates).map(([key, it]) => [key, shown(it)])) });
    }
    case "cookies":
      return Response.json(Object.fromEntries((await cookies()).getAll().map(({ name, value }) => [name, value])));
    case "effects":
      return Response.json(state().effects[query.get("key")] ?? 0);
    case "gate": {
      const it = gate(query.get("key"));
      if (query.has("arrived")) await it.arrivals(Number(query.get("arrived")));
      return Response.json(shown(it));
    }
    case "pass":
      await gate(query.get("key")).pass();
      return Response.json("through");
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, Number(query.get("ms") ?? 0)));
      return Response.json({ ms: Number(query.get("ms") ?? 0) });
    default:
      return new Response("no such thing", { status: 404 });
  }
}

export async function POST(request, context) {
  const { what } = await context.params;
  const query = request.nextUrl.searchParams;
  switch (what) {
    case "reset":
      reset();
      // Pages and values of before the reset show the state of then.
      revalidatePath("/", "layout");
      revalidateTag(TAG);
      return Response.json("reset");
    case "gate":
      gate(query.get("key")).open();
      return Response.json(shown(gate(query.get("key"))));
    case "effect":
      return Response.json(effect(query.get("key")));
    default:
      return new Response("no such thing", { status: 404 });
  }
}

function shown({ arrived, isOpen }) {
  return { arrived, isOpen };
}
