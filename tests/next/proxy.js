// What stands before the pages: `middleware.js` up to Next 15, `proxy.js` from 16 on.
// Actions of `app/actions` belong to pages it does not guard: a POST of theirs that is repeated at /login runs, where Next forwards.
import { NextResponse } from "next/server";

export const config = { matcher: ["/guarded", "/thief", "/answer", "/welcome"] };

export default function proxy(request) {
  const { nextUrl, headers, cookies, method } = request;
  const query = nextUrl.searchParams;
  // Shows another page under this path.
  if (nextUrl.pathname.startsWith("/welcome")) return NextResponse.rewrite(new URL(`${nextUrl.basePath}/blog/en`, nextUrl));
  if (method !== "POST") return NextResponse.next();
  switch (nextUrl.pathname) {
    // Without the cookie `session` every POST is sent to /login: with 307, so that the POST is repeated there, or as `status` says.
    case "/guarded":
      if (cookies.has("session")) return NextResponse.next();
      return redirect(new URL(`${nextUrl.basePath}/login`, nextUrl), query);
    // Sends the POST wherever the query `to` or the cookie `thief` says, other origins too.
    case "/thief": {
      const to = query.get("to") ?? cookies.get("thief")?.value;
      return to ? redirect(new URL(to, nextUrl), query) : NextResponse.next();
    }
    // Answers itself as `status`, `type` and `body` say; an action that another page has forwarded gets HTML.
    case "/answer":
      if (query.has("status")) {
        return new Response(query.get("body") ?? "<!doctype html><title>proxy</title>", {
          status: Number(query.get("status")),
          headers: { "content-type": query.get("type") ?? "text/html" },
        });
      }
      if (headers.has("x-action-forwarded")) return new Response("<!doctype html><title>not let through</title>", { headers: { "content-type": "text/html" } });
  }
  return NextResponse.next();
}

function redirect(url, query) {
  return NextResponse.redirect(url, Number(query.get("status") ?? 307));
}
