// The store in Redis over HTTP in a real edge runtime: an app of Next 16.4 with the route of `docs/stores.md`, and
// routes of both runtimes that read one record. Needs the packages of `target/next/16.4`, which
// `node tests/next/build.mjs 16.4 --install` brings.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { empty } from "../next/shared/kept.mjs";
import { installNext, installOurs, linkTypes, next } from "../next/shared/packages.mjs";
import { blocksOf } from "./blocks.mjs";
import { startServer } from "./fleet.mjs";
import { startRest } from "./rest.mjs";
import { startRedis } from "./servers.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const dir = path.join(here, "../../target/next/16.4/stores-edge");

export const drivers = ["@upstash/redis in an edge runtime"];

/** A route that makes a value of every kind that JSON does not have, or gets it from the store. */
const shared = (runtime) => `
import { Redis } from "@upstash/redis";
import { idempotencyKey, idempotent } from "actionlane/server";
import { redisStore } from "actionlane/server/redis";
export const runtime = ${JSON.stringify(runtime)};
export const dynamic = "force-dynamic";
const where = () => (typeof EdgeRuntime === "string" ? "edge" : "nodejs");
export async function POST(request) {
  const store = redisStore(new Redis({ url: process.env.KV_REST_API_URL, token: process.env.KV_REST_API_TOKEN }));
  const key = idempotencyKey({ user: "ada", action: "rich", headers: request.headers });
  try {
    const value = await idempotent(key, async (id, { signal }) => {
      if (!(signal instanceof AbortSignal)) throw new Error("no signal");
      if (request.headers.get("x-slow")) await new Promise((resolve) => setTimeout(resolve, Number(request.headers.get("x-slow"))));
      return { by: where(), at: new Date(5), map: new Map([["a", 1n]]), bytes: new Uint8Array([1, 2]), none: undefined, text: "é\\u{1f600}" };
    }, store, { leaseMs: 2_000 });
    const { by, at, map, bytes, text } = value;
    return Response.json({ here: where(), by, at: at.getTime(), one: String(map.get("a")), bytes: [...bytes], hasNone: "none" in value, text });
  } catch (error) {
    return Response.json({ here: where(), digest: error.digest, message: error.message }, { status: 500 });
  }
}
`;

const FILES = {
  "app/layout.js": "export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n",
  "app/page.js": "export default function Page() { return null; }\n",
  "app/api/state/route.js": "export const GET = () => Response.json({});\n",
  "app/api/subscribe/route.ts": blocksOf("stores")[1].code,
  "app/api/edge/route.js": shared("edge"),
  "app/api/node/route.js": shared("nodejs"),
  "tsconfig.json": JSON.stringify({ compilerOptions: { jsx: "react-jsx" }, include: ["next-env.d.ts"] }),
  "next.config.mjs": "export default { typescript: { ignoreBuildErrors: true } };\n",
};

export async function start() {
  if (!existsSync(path.join(dir, "../node_modules/next"))) {
    throw new Error("target/next/16.4 has no packages: node tests/next/build.mjs 16.4 --install");
  }
  const said = build();
  const redis = await startRedis();
  const rest = await startRest({ redisUrl: redis.url });
  const app = await startServer(dir, { KV_REST_API_URL: rest.url, KV_REST_API_TOKEN: rest.token });
  const stop = async () => {
    await app.kill();
    await rest.stop();
    await redis.stop();
  };
  return { suites: [{ name: drivers[0], isAlone: true, make: () => ({ app, rest, said }), cases }], stop };
}

/** Builds the app. Returns what the build has said. */
function build() {
  empty(dir);
  for (const [name, text] of Object.entries(FILES)) put(name, text);
  installOurs(dir);
  installNext(dir);
  for (const name of ["@upstash/redis", "uncrypto"]) cpSync(path.join(here, "node_modules", name), path.join(dir, "node_modules", name), { recursive: true });
  linkTypes(dir);
  return next(dir);
}

function put(name, text) {
  const file = path.join(dir, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const post = (app, at, key, headers = {}) => fetch(`${app.url}/api/${at}`, { method: "POST", headers: { "idempotency-key": `"${key}"`, ...headers } });
const RICH = { at: 5, one: "1", bytes: [1, 2], hasNone: true, text: "é\u{1f600}" };

const cases = [
  ["the build names no module of Node.js that the edge lacks", ({ said }) => assert.doesNotMatch(said, /not supported in the Edge Runtime|node:/i)],
  ["the route of the documents answers the second request from the first", async ({ app, rest }) => {
    const [first, second] = [await post(app, "subscribe", "a"), await post(app, "subscribe", "a")];
    assert.deepEqual([first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed")], [null, "true"], app.log.join(""));
    assert.deepEqual(await second.json(), await first.json());
    assert(rest.requests > 0);
  }],
  ["of ten requests at once one runs", async ({ app }) => {
    const all = await Promise.all(Array.from({ length: 10 }, () => post(app, "edge", "ten", { "x-slow": "3000" })));
    const bodies = await Promise.all(all.map((response) => response.json()));
    assert.deepEqual([...new Set(bodies.map(({ here }) => here))], ["edge"]);
    assert.equal(bodies.filter(({ by }) => by).length, 1, JSON.stringify(bodies));
    assert.deepEqual([...new Set(bodies.filter(({ by }) => !by).map(({ digest }) => digest))], ["IDEMPOTENCY_IN_PROGRESS"]);
  }],
  ["a record of the edge is read in Node.js, and the other way round", async ({ app }) => {
    for (const [one, two] of [["edge", "node"], ["node", "edge"]]) {
      const bodies = [await (await post(app, one, `by ${one}`)).json(), await (await post(app, two, `by ${one}`)).json()];
      const by = one === "edge" ? "edge" : "nodejs";
      assert.deepEqual(bodies, [one, two].map((at) => ({ here: at === "edge" ? "edge" : "nodejs", by, ...RICH })));
    }
  }],
];
