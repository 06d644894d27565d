// Operates the database: /api/hold, /api/open, /api/reset, /api/state.
import { operate } from "@/lib/database";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ what: string }> }) {
  const { what } = await params;
  return Response.json(operate(what, new URL(request.url).searchParams.get("name") ?? ""));
}
