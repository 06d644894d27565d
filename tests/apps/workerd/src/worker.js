// Runs the checks in a Cloudflare Worker: its page asks for the results, and says where the actions are.
import * as actionlane from "actionlane";
import { run } from "./checks.js";

const PAGE = `<!doctype html>
<title>Checks</title>
<script>
  window.checks = fetch("/checks?actions=" + encodeURIComponent(location.origin)).then((response) => response.json());
</script>`;

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/checks") return new Response(PAGE, { headers: { "content-type": "text/html" } });
    return Response.json(await run(actionlane, { origin: searchParams.get("actions") }));
  },
};
