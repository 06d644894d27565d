// Writes one answer as the cells of a line: status | content-type | headers | root and value, or the start of the
// body.

/** Kind of row 0 → version → the skeletons seen. */
export const roots = new Map();

const shownHeaders = /^(x-action-|x-nextjs-|x-middleware-|set-cookie$|location$|access-control-|x-edge)/;

export function shape(reply, port, version) {
  if (reply.failed) return `— | | | ${cell(reply.failed)}`;
  const { status, headers, body, cut } = reply;
  const redirects = "x-action-redirect" in headers;
  const type = headers["content-type"] ?? "none";
  const list = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!shownHeaders.test(name)) continue;
    const text = name === "set-cookie" ? value.map((cookie) => cookie.split(";")[0]).join(", ") : [value].flat().join(" / ");
    list.push(`${name}: ${text}`);
  }
  if (/s-maxage|private(?!,)|immutable/.test(headers["cache-control"] ?? "")) list.push(`cache-control: ${headers["cache-control"]}`);
  const shown = type.startsWith("text/x-component") ? flight(body, redirects, version) : plain(body, type);
  const cells = [type, list.sort().map(code).join(" "), `${shown}${cut ? " (cut)" : ""}`];
  return `${status} | ${cells.map((text) => cell(text).replaceAll(`localhost:${port}`, "HOST")).join(" | ")}`;
}

function flight(body, redirects, version) {
  const mark = body[0] === 0x23 || body[0] === 0x7e ? `\`${String.fromCharCode(body[0])}\` before: ` : "";
  const rows = rowsOf(body.subarray(mark ? 1 : 0));
  const zero = rows.find(([id]) => id === "0")?.[1];
  if (zero === undefined) return `${mark}no row 0: ${code(body.toString("utf8").slice(0, 60))}`;
  let root;
  try {
    root = JSON.parse(zero);
  } catch {
    return `${mark}${code(masked(zero).slice(0, 160))}`;
  }
  // Shows the rows of the value in their order. If a page was rendered too, shows only the row that the root names.
  const value = Array.isArray(root) ? root[0] : root.a;
  const named = typeof value === "string" && value.startsWith("$@") ? value.slice(2) : undefined;
  const page = Array.isArray(root) ? root[1]?.[1] : (root.f || root.t);
  const kind = redirects || named === undefined ? (root.G ? "prerendered page" : "page") : page ? "value and page" : "value";
  remember(kind, version, skeleton(root).replace(/q: "\?[^"]*"/, 'q: "…"').replace(/q: ""/, 'q: "…"'));
  const parts = [mark + kind];
  if (redirects || named === undefined) return parts[0];
  const shown = rows.filter(([id]) => (page ? id === named : id !== "0"));
  if (named !== undefined && shown.length === 0) parts.push("no value row");
  if (shown.length > 0) parts.push(`→ ${shown.map(([id, text]) => code(`${shown.length > 1 ? `${id}:` : ""}${short(masked(text), 110)}`)).join(" ")}`);
  return parts.join(" ");
}

function remember(kind, version, text) {
  if (!roots.has(kind)) roots.set(kind, new Map());
  const seen = roots.get(kind);
  if (!seen.has(version)) seen.set(version, new Set());
  seen.get(version).add(text);
}

/**
 * Splits into rows, `[id, text]`. Rows of text and bytes end after their length in bytes, all others at a line
 * feed.
 */
function rowsOf(body) {
  const rows = [];
  for (let at = 0; at < body.length; ) {
    const colon = body.indexOf(":", at);
    if (colon < 0) break;
    const id = body.toString("latin1", at, colon);
    const tag = String.fromCharCode(body[colon + 1]);
    let end;
    if ("TAOoUSsLlGgMmVb".includes(tag)) {
      const comma = body.indexOf(",", colon);
      const start = comma + 1;
      end = start + parseInt(body.toString("latin1", colon + 2, comma), 16);
      const bytes = body.subarray(start, end);
      rows.push([id, `${body.toString("latin1", colon + 1, start)}${tag === "T" ? short(bytes.toString("utf8"), 24) : short(bytes.toString("hex"), 48)}`]);
    } else {
      end = body.indexOf("\n", colon);
      if (end < 0) end = body.length;
      rows.push([id, body.toString("utf8", colon + 1, end)]);
      end += 1;
    }
    at = end;
  }
  return rows;
}

/** Lists the root's fields by name; rendered ones are only marked as present. */
function skeleton(root) {
  if (Array.isArray(root)) return `[${root.map((item) => (Array.isArray(item) ? `[${item.map(field).join(", ")}]` : field(item))).join(", ")}]`;
  return `{${Object.keys(root).sort().map((key) => `${key}: ${key === "b" ? "<build>" : field(root[key])}`).join(", ")}}`;
}

function field(value) {
  if (Array.isArray(value)) return "[…]";
  if (value !== null && typeof value === "object") return "{…}";
  return masked(JSON.stringify(value)).replace('"<build>"', "<build>");
}

function plain(body, type) {
  if (body.length === 0) return "empty";
  const text = body.toString("utf8");
  if (!type.startsWith("text/html")) return code(short(masked(text), 90));
  const title = /<title>(.*?)<\/title>/.exec(text)?.[1] ?? /<h1>(.*?)<\/h1>/.exec(text)?.[1];
  const heading = /<h1[^>]*>(.*?)<\/h1>/.exec(text)?.[1];
  const state = /__next_f\.push\((\[2,.*?)\)<\/script>/.exec(text)?.[1];
  return `HTML "${title ?? ""}${heading && heading !== title ? ` / ${heading}` : ""}"${state && state !== "[2,null]" ? `, form state ${code(short(masked(state), 90))}` : ""}`;
}

function masked(text) {
  return text
    .replace(/"digest":"\d+(@E\d+)?"/g, (_, code) => `"digest":"<digest>${code ? "@E…" : ""}"`)
    .replace(/"[0-9a-f]{40}(?:[0-9a-f]{2})?"/g, '"<id>"')
    .replace(/"computed":\d+/g, '"computed":<n>')
    .replace(/"[\w-]{21}"/g, '"<build>"')
    .replace(/"[A-Za-z0-9+/]{60,}={0,2}"/g, '"<base64>"')
    .replace(/"k(?:[0-9a-f]{32}|\d+)"/g, '"k<hash>"');
}

function short(text, length) {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function code(text) {
  return text === "" ? "" : `\`${text.replaceAll("`", "'")}\``;
}

function cell(text) {
  return String(text).replaceAll("|", "\\|").replaceAll(/[\n\r]/g, "⏎");
}
