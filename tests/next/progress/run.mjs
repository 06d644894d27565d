// Uploads to a real Next app from real browsers, and checks the progress that calls report:
//
//   node run.mjs [name] [--browser chromium|firefox|webkit] [--built] [--out DIR]
//
// A name runs the checks whose line contains it. `--browser` may come several times; without it, all three run.
// `--built` takes the app as it was built before. Next must be installed: `node ../build.mjs 16.4 --install`. The wasm
// of the package must be built. The last lines are `pass N` and `fail N`.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { browse, serve } from "../shared/browser.mjs";
import { finish, perform } from "../shared/tally.mjs";
import { build, directory } from "./build.mjs";
import { checks } from "./checks.mjs";
import { elsewhere, front } from "./front.mjs";

const source = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals: [only = ""] } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: "string", multiple: true, default: ["chromium", "firefox", "webkit"] },
    built: { type: "boolean", default: false },
    out: { type: "string", default: path.join(source, "../../../target/next") },
  },
});

const dir = values.built ? directory(values.out) : build(values.out);
const server = await serve(dir);
const there = await elsewhere();
try {
  for (const name of values.browser) {
    const tab = await browse(name);
    try {
      for (const [what, check] of Object.entries(checks)) {
        const line = `${name}: ${what}`;
        if (!line.includes(only)) continue;
        const before = await front(server.url);
        await perform(line, async () => {
          await tab.open(before.url);
          await tab.run(prepare);
          await check({ tab, front: before, elsewhere: there, server });
        });
        before.end();
      }
    } finally {
      await tab.end();
    }
  }
} finally {
  there.end();
  await server.end();
}
finish();

/** Prepares the page: a dispatcher, and `page.call(action, args, options)`, which notes the progress. */
async function prepare() {
  const { createDispatcher } = await import("/pkg/index.js");
  const ids = JSON.parse(document.getElementById("ids").textContent);
  const page = (window.page = { ids, seen: [], createDispatcher });
  page.d = createDispatcher({ maxBodyBytes: false, host: "none" });
  page.note = ({ loaded, total }) => page.seen.push({ loaded, total, settled: page.settled === true });
  page.call = (name, args, options) => {
    page.settled = false;
    // WebDriver gives undefined as null.
    const given = { onProgress: page.note, ...options };
    const call = page.d.call({ id: ids[name], name }, args, { ...given, onProgress: given.onProgress ?? undefined });
    call.catch(() => {}).finally(() => (page.settled = true));
    return call;
  };
  page.file = (bytes) => new File([new Uint8Array(bytes).map((_, at) => at % 251)], "a.bin");
  page.form = (bytes) => {
    const form = new FormData();
    form.append("name", "Zoë");
    form.append("file", page.file(bytes));
    return form;
  };
  page.failure = (call) => call.then(() => undefined, ({ code, status, sent, message }) => ({ code, status, sent, message }));
}
