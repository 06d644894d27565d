// Writes the answers that are decoded, as React's server renders them: `node answers.mjs OUT` makes OUT/answers.js.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CURRENT, load } from "../oracle/react.mjs";
import { values } from "./values.mjs";

const { edge, serverReact } = load(CURRENT);
const answers = {};
for (const [name, value] of Object.entries(values(serverReact.createElement))) {
  const bytes = Buffer.from(await new Response(edge.renderToReadableStream(value, {})).arrayBuffer());
  answers[name] = bytes.toString("base64");
}
writeFileSync(join(process.argv[2], "answers.js"), `window.answers = ${JSON.stringify(answers)};\n`);
