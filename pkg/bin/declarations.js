// Writes the types of a build's actions as TypeScript. Must not read a source: the compiler does, by its path.

import path from "node:path";

const HEAD = `// Types of Server Actions, for actions<Actions>(d, manifest) of "actionlane/actions". Made by \`npx actionlane types\`.
`;

/** Returns the declarations. `from`: the directory of the file that will hold them. */
export function declarationsOf(actions, from) {
  const lines = actions.map(({ key, name, source }) => `  readonly ${JSON.stringify(key)}: ${typeOf(name, source, from)};`);
  return `${HEAD}export interface Actions {${lines.map((line) => `\n${line}`).join("")}\n}\n`;
}

/** Returns the type of an action; without arguments and result if its source is not there. */
function typeOf(name, source, from) {
  if (source === undefined) return "(...args: any[]) => Promise<unknown>";
  const file = path.relative(from, source).split(path.sep).join("/");
  // The extension of the output is understood by every resolution of modules.
  const request = (file.startsWith(".") ? file : `./${file}`).replace(/\.([cm]?)tsx?$/, ".$1js");
  return `(typeof import(${JSON.stringify(request)}))[${JSON.stringify(name)}]`;
}
