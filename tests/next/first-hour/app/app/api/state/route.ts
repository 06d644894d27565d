import { state } from "@/state";

export const dynamic = "force-dynamic";

/** Opens the gate, if asked. */
export function GET(request: Request) {
  if (new URL(request.url).searchParams.get("name") === "open") state.open();
  return Response.json({});
}
