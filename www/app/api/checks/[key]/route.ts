import { gate } from "@/lib/gates";

type Context = { params: Promise<{ key: string }> };

/** Opens this gate, so that the action at it goes on. */
export async function POST(_request: Request, { params }: Context) {
  gate((await params).key).open();
  return Response.json({});
}

/** Tells if the action at this gate has stopped because its stream was cancelled. */
export async function GET(_request: Request, { params }: Context) {
  return Response.json({ stopped: gate((await params).key).stopped });
}
