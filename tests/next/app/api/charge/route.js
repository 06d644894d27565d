// The action `charge` as a route: POST `?order=&gate=&then=`; the payload is the body.
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { idempotencyKey, idempotentRoute } from "actionlane/server";
import { store } from "../../idempotency/store";
import { effect, gate } from "../../state";

export async function POST(request) {
  const query = request.nextUrl.searchParams;
  const order = query.get("order");
  const fingerprint = `${request.nextUrl.search} ${await request.text()}`;
  const key = idempotencyKey({ user: "ada", action: "POST /api/charge", headers: request.headers, fingerprint });
  const pay = async () => {
    const runs = effect(order);
    (await cookies()).set("receipt", order, { path: "/" });
    if (query.has("gate")) await gate(query.get("gate")).pass();
    if (query.get("then") === "redirect") redirect("/target");
    return Response.json({ runs, at: Date.now() }, { status: 201, headers: { "set-cookie": "by-hand=1; Path=/" } });
  };
  return idempotentRoute(key, pay, store());
}
