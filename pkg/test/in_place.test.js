// Runs the cases of in_place.js in Node.js.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createDispatcher } from "../node.js";
import { cases } from "./in_place.js";
import { ID, flight, serve } from "./server.js";

let env, server, copy;
before(async () => {
  server = await serve((request, response, body) => {
    if (request.headers["next-action"]) flight(response, JSON.stringify(body));
    else response.end("{}");
  });
  copy = await mkdtemp(join(tmpdir(), "actionlane-"));
  const own = fileURLToPath(new URL("..", import.meta.url));
  for (const part of ["package.json", "node.js", "lib", "wasm"]) await cp(join(own, part), join(copy, part), { recursive: true });
  const { createDispatcher: other } = await import(pathToFileURL(join(copy, "node.js")));
  env = { createDispatcher, other, url: server.url, id: ID };
});
after(async () => {
  server.close();
  await rm(copy, { recursive: true });
});

for (const [name, run] of Object.entries(cases)) test(name, () => run(env));
