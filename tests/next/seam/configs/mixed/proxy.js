// Shows `/hello` in a language, as apps with translated pages do.
import { NextResponse } from "next/server";

export const config = { matcher: "/hello" };

export default function proxy(request) {
  const url = request.nextUrl.clone();
  url.pathname = "/de/hello";
  return NextResponse.rewrite(url);
}
