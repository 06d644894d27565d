// Counts the checks of a script of `tests/next/`, and prints a line for each. Knows no check.

let [passed, failed] = [0, 0];

/** Counts a check. `why`: the reason if it has failed. `said` is printed beside the name of one that has passed. */
export function judge(name, why, said) {
  if (why) failed += 1;
  else passed += 1;
  console.log(why ? `FAIL ${name}\n${String(why).replace(/^/gm, "    ")}` : `ok   ${name}${said ? ` (${said})` : ""}`);
}

/** Runs a check. `details` promises lines that help to see why it has failed. */
export async function perform(name, run, details = async () => []) {
  const start = Date.now();
  let why;
  try {
    await run();
  } catch (error) {
    why = [error?.stack ?? error, ...(await details())].join("\n");
  }
  judge(name, why, `${Date.now() - start} ms`);
}

/** Adds the counts that another script has printed, and returns its other lines. */
export function add(printed) {
  const [, pass = 0, fail = 0] = /^pass (\d+)\nfail (\d+)$/m.exec(printed) ?? [];
  passed += Number(pass);
  failed += Number(fail);
  return printed.replace(/^(pass|fail) .*\n/gm, "").trimEnd();
}

/** Prints the counts, and ends the process: with an error if a check has failed, or if none was made. */
export function finish() {
  console.log(`pass ${passed}\nfail ${failed}`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}

/** Promises the last lines of a page's console. */
export async function consoleOf(tab) {
  const lines = await tab.console().catch(() => []);
  return lines.slice(-5).map(({ message }) => `console: ${message.slice(0, 300)}`);
}
