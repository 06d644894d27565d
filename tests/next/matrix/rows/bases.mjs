// Base path, asset prefix and both: every redirect leads to a path below the base path.
import { since } from "../since.mjs";

const ELSEWHERE = "tests the host that loads documents: Next's client uses its router";

/**
 * `base`: the base path of the build. A page shown by a rewrite names the path it was rewritten to: if the assets
 * do not tell the base path either, the dispatcher gets it as an option.
 */
function rows(build, base, { needsOption = false, ...more }) {
  const to = (url) => ({ code: "ok", redirect: since({ "14.2": `- ${base}${url}`, "15.0": `push ${base}${url}` }) });
  const row = (name, on, url, own) => ({
    name: `${build ?? "plain"}: ${name}`,
    build,
    action: "goTo",
    on,
    args: `() => [${JSON.stringify(url)}]`,
    leaves: true,
    expect: to(url),
    ...own,
    ...more,
  });
  const document = { dispatcher: { host: "document" }, alone: ELSEWHERE };
  const options = needsOption ? { basePath: base } : {};
  const fromHome = `async ({ shows }) => {
    next.router.push("/");
    await shows("page", "/");
    return ["/target"];
  }`;
  return [
    row("redirect from its first page", "/", "/target"),
    row("redirect to another language", "/blog/en", "/blog/de"),
    row("redirect from a rewritten page", "/welcome", "/blog/de", { dispatcher: options }),
    row("redirect to a document, from its first page", "/", "/target", document),
    row("redirect to a document, in another language", "/blog/en", "/blog/de", document),
    row("redirect to a document, from a rewritten page", "/welcome", "/blog/de", { ...document, dispatcher: { host: "document", ...options } }),
    row("redirect to a document, after a soft navigation", "/blog/en", "/target", { ...document, args: fromHome }),
  ];
}

export default [
  ...rows(undefined, "", { rare: true }),
  ...rows("base", "/base", { rare: true }),
  ...rows("prefix", "", { rare: true }),
  ...rows("both", "/both", { rare: true, needsOption: true }),
  ...rows("cdn", "/cdn", { rare: true, needsOption: true }),
];
