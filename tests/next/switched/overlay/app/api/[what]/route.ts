import { db, resetDb } from "@/lib/db";
import { gate, gates, resetGates } from "@/lib/gates";

export const dynamic = "force-dynamic";

/** Opens a gate, forgets all, or neither, and says what the server has seen. */
export async function GET(request: Request, { params }: { params: Promise<{ what: string }> }) {
  const { what } = await params;
  if (what === "open") gate(new URL(request.url).searchParams.get("name") ?? "").open();
  if (what === "reset") {
    resetGates();
    resetDb();
  }
  return Response.json({ arrived: gates.arrived, db });
}
