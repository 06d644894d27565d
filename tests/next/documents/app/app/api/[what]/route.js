import { close, open, reset, state } from "@/state";

export const dynamic = "force-dynamic";

/** Changes what the server does, for a check, and returns what it has seen. */
export async function GET(request, { params }) {
  const { what } = await params;
  const name = new URL(request.url).searchParams.get("name");
  if (what === "reset") reset();
  if (what === "close") close(name);
  if (what === "open") open(name);
  if (what === "fault") state.faults.push(Number(name));
  if (what === "user") state.user = name;
  const { requests, runs, todos } = state;
  return Response.json({ requests, runs, todos });
}
