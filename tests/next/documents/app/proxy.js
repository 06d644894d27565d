// Notes the requests of actions, and answers the next of them with the faults that a check has asked for.
import { NextResponse } from "next/server";
import { state } from "./state";

export const config = { matcher: "/((?!_next|api).*)" };

export function proxy(request) {
  if (request.method !== "POST") return NextResponse.next();
  state.requests.push(Object.fromEntries(request.headers));
  const status = state.faults.shift();
  return status ? new NextResponse("a fault on purpose", { status }) : NextResponse.next();
}
