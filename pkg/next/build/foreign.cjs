// Finds an alias or a rule of somebody else for a file that the seam stands in for. Two cannot stand in for one file.
"use strict";

const path = require("node:path");
const { ACTION_WRAPPER, CALL_SERVER, FILES } = require("./internals.cjs");

/** The name by which compiled modules import the second file. */
const PRIVATE_NAME = "private-next-rsc-action-client-wrapper";

const posix = (file) => file.split(path.sep).join("/");

/** Throws if `aliases` has one of the files. `where` names the option. Next's own alias of the second is none. */
function refuseAlias(aliases, where, root) {
  for (const [name, to] of entriesOf(aliases)) {
    const plain = posix(name).replace(/\$$/, "").replace(/\.js$/, "");
    const hit = FILES.find((file) => {
      const own = file.replace(/\.js$/, "");
      return plain === `next/${own}` || plain === posix(path.join(root, own));
    });
    const other = plain === PRIVATE_NAME && !String(to).includes("action-client-wrapper");
    if (hit || other) throw new Error(conflict(`${where}[${JSON.stringify(name)}] = ${JSON.stringify(to)}`, hit ?? ACTION_WRAPPER));
  }
}

const entriesOf = (aliases) => (Array.isArray(aliases) ? aliases.map(({ name, alias }) => [name, alias]) : Object.entries(aliases ?? {}));

/** Throws if the configuration has a Turbopack rule for one of the files already. */
function refuseRule(rules, key) {
  const other = Object.keys(rules ?? {}).find((glob) => glob === key || (glob !== "*.js" && FILES.some((file) => posix(glob).endsWith(file) && key.endsWith(file))));
  if (other) throw new Error(conflict(`turbopack.rules[${JSON.stringify(other)}]`, key.replace(/^\*\*\/next\//, "")));
}

/**
 * Throws if the request that imported actions make for the first file ends at another file: by an alias that a wrapper
 * around ours has set. `resolve`: the bundler's, with which it knows all aliases.
 */
async function refuseDetour(resolve, from) {
  const found = await resolve?.(from, `next/${CALL_SERVER.replace(/\.js$/, "")}`).catch(() => undefined);
  if (typeof found === "string" && !posix(found).endsWith(`/${CALL_SERVER}`)) throw new Error(conflict(`an alias to ${JSON.stringify(found)}`, CALL_SERVER));
}

const conflict = (what, file) => `actionlane/next: ${what} stands in for next/${file}, and so does withActionlane(). Remove one of the two`;

module.exports = { refuseAlias, refuseDetour, refuseRule };
