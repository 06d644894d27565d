import { gate } from "../../gate";

export const dynamic = "force-dynamic";

export function GET() {
  gate().open();
  return Response.json({});
}
