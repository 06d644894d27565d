import { gate } from "@/lib/gates";

type Context = { params: Promise<{ key: string }> };

/** Lets the action that waits at this gate go on. */
export async function POST(_request: Request, { params }: Context) {
  gate((await params).key).open();
  return Response.json({});
}

/** Whether the action at this gate has stopped because nobody reads on. */
export async function GET(_request: Request, { params }: Context) {
  return Response.json({ stopped: gate((await params).key).stopped });
}
