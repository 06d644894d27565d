// The middleware: `middleware.js` up to Next 15, `proxy.js` from 16 on. It guards no page that owns the actions of
// `app/actions`, so a POST of theirs that is repeated at /login runs if Next forwards it.
import { NextResponse } from "next/server";

export const config = { matcher: ["/guarded", "/thief", "/answer", "/welcome"] };

export default function proxy(request) {
  const { nextUrl, headers, cookies, method } = request;
  const query = nextUrl.searchParams;
  // Shows another page under this path.
  if (nextUrl.pathname.startsWith("/welcome")) return NextResponse.rewrite(new URL(`${nextUrl.basePath}/blog/en`, nextUrl));
  if (method !== "POST") return NextResponse.next();
  switch (nextUrl.pathname) {
    // Redirects every POST without the cookie `session` to /login: with 307, so the POST is repeated there, or with
    // `status`.
    case "/guarded":
      if (cookies.has("session")) return NextResponse.next();
      return redirect(new URL(`${nextUrl.basePath}/login`, nextUrl), query);
    // Redirects the POST to the address in the query `to` or the cookie `thief`, also to other origins.
    case "/thief": {
      const to = query.get("to") ?? cookies.get("thief")?.value;
      return to ? redirect(new URL(to, nextUrl), query) : NextResponse.next();
    }
    // Answers with `status`, `type` and `body` of the query. An action that another page has forwarded gets HTML.
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
