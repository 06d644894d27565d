import { gate, state } from "../../state";

export const dynamic = "force-dynamic";

export async function GET(request, { params }) {
  const { what } = await params;
  const name = new URL(request.url).searchParams.get("name");
  if (what === "open") gate(name).open();
  if (what === "reset") Object.assign(state, { runs: {}, renders: 0, data: 0, text: undefined, gates: new Map() });
  const { runs, renders, data } = state;
  return Response.json({ runs, renders, data });
}
