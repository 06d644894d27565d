// Runs the tests of the hooks again, with React 18. What React 18 lacks is left out: forms and actions of its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const cwd = fileURLToPath(new URL(".", import.meta.url));

for (const name of ["use_action", "dispatcher", "optimistic", "seam", "server", "state"]) {
  test(`with React 18: react_${name}.test.js`, async () => {
    const { NODE_TEST_CONTEXT, ...env } = process.env; // else the process reports to this one
    const { stdout } = await run("node", ["--import", "./react_18.js", "--test-reporter=tap", `react_${name}.test.js`], { cwd, env, timeout: 300_000 }).catch(({ stdout }) => ({ stdout }));
    const count = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1]);
    assert.ok(count("pass") > 5 && count("fail") === 0 && count("cancelled") === 0, stdout);
    assert.match(stdout, /^ok \d+ - the version of React is 18$/m);
  });
}
