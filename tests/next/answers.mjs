// Writes answers.md: the answers of every version of Next to the requests of cases.mjs, from `next start`.
//
//   node answers.mjs [--out DIR] [VERSION…]     prints the answers instead if versions are named
//
// Ids, digests, times and other values that differ from run to run are masked. Versions that answer alike share a
// line.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { baseCases, cases, fewCases } from "./cases.mjs";
import { roots, shape } from "./shape.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: "string", default: path.join(here, "../../target/next") } } });
const all = readdirSync(path.join(here, "versions")).sort((a, b) => parseFloat(a) - parseFloat(b));
const versions = positionals.length > 0 ? positionals : all;
const sixteen = versions.filter((version) => version.startsWith("16"));

const sections = [
  await section("Plain builds", versions, [], cases),
  await section("Samples", versions, [], "samples"),
  await section("With `basePath: \"/base\"`", versions, ["--name", "base", "--base-path", "/base"], baseCases),
  await section("With a deployment id", versions, ["--name", "dpl", "--deployment-id", "dpl-1"], fewCases),
  await section("With Cache Components", sixteen, ["--name", "cc", "--cache-components"], fewCases),
];
const text = [
  "# Answers of each version of Next.js",
  "",
  "Real answers of `next start`, written by `node answers.mjs`. Each line is a case and the versions that answer it alike.",
  `Versions: ${versions.map((version) => exact(version)).join(", ")}.`,
  "",
  "- `<id>`, `<digest>`, `<build>`, `<base64>`, `<n>`: masked. `@E…` after a digest: Next's error code. `…`: cut.",
  "- cookies: `name=value`.",
  "- headers: those of the protocol, `location`, `access-control-*`, and a `cache-control` that allows storing.",
  "- body: of a Flight answer the kind of its row 0 (below), then the rows of the value: the row that `a` names, and",
  "  those that it needs. Of any other answer the first characters.",
  "- value \"absent\": this version has no such function, as the fixture says.",
  "",
  "## Row 0",
  "",
  ...rootLines(),
  ...sections.flat(),
  "",
].join("\n");
if (positionals.length > 0) process.stdout.write(text);
else writeFileSync(path.join(here, "answers.md"), text);

/** Makes one section: sends the requests to all versions and puts their answers side by side. */
async function section(title, versions, extra, which) {
  const answers = new Map(); // case → [[version, line], …]
  for (const version of versions) {
    const server = await start(build(version, extra));
    try {
      const base = extra.includes("--base-path") ? "/base" : "";
      for (const it of which === "samples" ? await sampleCases(server) : which) {
        const line = await answer(server, base, it, version);
        answers.set(it.name, [...(answers.get(it.name) ?? []), [version, line]]);
      }
    } finally {
      await server.end();
    }
  }
  const lines = ["", `## ${title}`, "", "| case | versions | status | content-type | headers | body |", "|---|---|---|---|---|---|"];
  for (const [name, list] of answers) {
    let shown = name;
    for (const [line, alike] of grouped(list)) {
      lines.push(`| ${shown} | ${span(alike, versions)} | ${line} |`);
      shown = "";
    }
  }
  return lines;
}

/** Lists the kinds of row 0 that were seen. */
function rootLines() {
  const lines = ["| kind | versions | row 0 |", "|---|---|---|"];
  for (const [kind, seen] of roots) {
    const byText = new Map();
    for (const [version, texts] of seen) for (const text of texts) byText.set(text, [...(byText.get(text) ?? []), version]);
    let shown = kind;
    for (const [text, some] of byText) {
      lines.push(`| ${shown} | ${span(some, versions)} | \`${text}\` |`);
      shown = "";
    }
  }
  return lines;
}

function grouped(list) {
  const groups = new Map();
  for (const [version, line] of list) groups.set(line, [...(groups.get(line) ?? []), version]);
  return groups;
}

/** Names some versions: "all", or their runs, such as "14.2–15.5". */
function span(some, versions) {
  if (some.length === versions.length) return "all";
  const runs = [];
  for (const version of some) {
    const last = runs.at(-1);
    if (last && versions.indexOf(version) === versions.indexOf(last.at(-1)) + 1) last.push(version);
    else runs.push([version]);
  }
  return runs.map((run) => (run.length > 1 ? `${run[0]}–${run.at(-1)}` : run[0])).join(", ");
}

async function answer(server, base, it, version) {
  const ids = await server.ids(base, it.form || it.markup ? "/forms" : (it.from ?? "/"));
  const headers = { accept: "text/x-component", ...it.headers };
  let { body, path: at = `${base}/` } = it;
  if (base !== "" && at === `${base}/`) at = base;
  if (it.id) {
    if (!ids[it.id]) return "absent | | |";
    headers["next-action"] = ids[it.id];
  }
  if (it.raw) headers["next-action"] = it.raw(ids);
  if (it.markup) {
    at = "/forms";
    body = { parts: [...(await server.hidden(it.markup)), ...body.parts] };
    headers.accept = "text/html";
  }
  if (it.form) {
    at = "/forms";
    const id = typeof it.form === "function" ? it.form(ids) : ids[it.form];
    body = { parts: [[`$ACTION_ID_${id}`, ""], ...body.parts] };
    headers.accept = "text/html";
  }
  const reply = await ask(server.port, { method: it.method ?? "POST", path: at, headers, body });
  return shape(reply, server.port, version);
}

async function sampleCases(server) {
  const { kinds } = await import("./app/values.js");
  return [
    ...kinds.map((kind) => ({ name: kind, id: "sample", body: JSON.stringify([kind]) })),
    ...["textStream", "byteStream", "iterable", "brokenStream"].map((id) => ({ name: id, id, body: "[2]" })),
    { name: "later", id: "later", body: "[1]" },
    { name: "makeAdder", id: "makeAdder", body: "[1]" },
    { name: "element", id: "element", body: '["t"]' },
  ];
}

/** Sends one request and follows no redirect. `body`: a text, or `{ parts }` for multipart. */
async function ask(port, { method, path, headers, body }) {
  let bytes = body === undefined ? null : Buffer.from(String(body).replaceAll("HOST", `localhost:${port}`));
  const all = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace("HOST", `localhost:${port}`)]));
  if (body?.parts) {
    const data = new FormData();
    for (const [name, value] of body.parts) data.append(name, value);
    const encoded = new Response(data);
    all["content-type"] = encoded.headers.get("content-type");
    bytes = Buffer.from(await encoded.arrayBuffer());
  } else if (bytes !== null) all["content-type"] ??= "text/plain;charset=UTF-8";
  if (bytes !== null) all["content-length"] = String(bytes.length);
  return new Promise((resolve) => {
    const request = http.request({ port, method, path, headers: all, agent: false, timeout: 5_000 }, (response) => {
      const chunks = [];
      const done = (cut) => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks), cut });
      response.on("data", (chunk) => chunks.push(chunk)).on("end", () => done(false)).on("error", () => done(true));
    });
    request.on("timeout", () => request.destroy(new Error("no answer in 5 s")));
    request.on("error", (error) => resolve({ failed: error.message }));
    request.end(bytes);
  });
}

function build(version, extra) {
  const args = [path.join(here, "build.mjs"), version, "--out", options.out, ...extra];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) process.exit(1);
  return stdout.trim();
}

async function start(dir) {
  const child = spawn(process.execPath, ["node_modules/.bin/next", "start", "-p", "0"], { cwd: dir, env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" }, stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const port = await new Promise((resolve, reject) => {
    let seen = "";
    child.stdout.on("data", (chunk) => {
      seen += chunk;
      const found = /localhost:(\d+)/.exec(seen);
      if (found && seen.includes("Ready")) resolve(Number(found[1]));
    });
    ended.then(() => reject(new Error(`${dir}: the server ended\n${seen}`)));
  });
  const known = new Map();
  return {
    port,
    /** Returns the ids of the actions that the page at `path` owns. */
    async ids(base, path) {
      if (!known.has(path)) {
        const html = await (await fetch(`http://localhost:${port}${base}${path === "/" && base ? "" : path}`)).text();
        known.set(path, JSON.parse(/<script id="ids" type="application\/json">(.*?)<\/script>/.exec(html)[1]));
      }
      return known.get(path);
    },
    /** Returns the hidden fields of a form of /forms. */
    async hidden(id) {
      const html = await (await fetch(`http://localhost:${port}/forms`)).text();
      const markup = new RegExp(`<form id="${id}".*?</form>`, "s").exec(html)[0];
      return [...markup.matchAll(/<input type="hidden" name="([^"]*)"(?: value="([^"]*)")?/g)].map(([, name, value]) => [unescaped(name), unescaped(value ?? "")]);
    },
    async end() {
      child.kill();
      await ended;
    },
  };
}

function unescaped(text) {
  return text.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function exact(version) {
  return JSON.parse(readFileSync(path.join(here, "versions", version, "package.json"), "utf8")).dependencies.next;
}
