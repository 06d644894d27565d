// `node payloads.mjs OUT`: writes the streams that the benchmark decodes, as React's server writes them.

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { render } from "../oracle/answers.mjs";
import { CURRENT, load } from "../oracle/react.mjs";
import * as values from "./values.js";

const out = process.argv[2];
if (!out) throw new Error("usage: node payloads.mjs OUT");
const release = load(CURRENT);
const { createElement } = release.serverReact;

/** Renders a table as an app would. */
function Table() {
  const cell = (text) => createElement("td", { className: "px-4 py-2 text-sm" }, text);
  const row = ({ id, name, email, score }) => createElement("tr", { key: id, className: "border-b" }, cell(name), cell(email), cell(score));
  return createElement("table", { className: "w-full" }, createElement("tbody", null, values.plain().slice(0, 1500).map(row)));
}

const payloads = {
  plain: values.plain(),
  dates: values.dates(),
  mixed: values.mixed(),
  tables: values.tables(),
  references: values.references(),
  elements: createElement(Table),
  result: { a: Promise.resolve(values.result()), f: "", b: "xNlS3fPnCwZP2hUZ9S4pQ" },
};
await mkdir(out, { recursive: true });
for (const [name, value] of Object.entries(payloads)) await writeFile(join(out, `${name}.rsc`), await render(release, value));
await copyFile(join(dirname(fileURLToPath(import.meta.url)), "page.rsc"), join(out, "page.rsc"));
process.exit(0);
