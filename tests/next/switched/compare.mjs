// Compares what was seen of two runs, and says which differences are listed. Knows no browser.
import { isDeepStrictEqual } from "node:util";

/**
 * Returns the fields in which two runs differ, `{ field, theirs, ours }`. Steps are a field for each hook. `varying`:
 * fields that are not compared.
 */
export function differencesOf(theirs, ours, varying = []) {
  const [before, after] = [fieldsOf(theirs, isNotBetween), fieldsOf(ours, () => true)];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !varying.includes(field));
  const other = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return other.map((field) => ({ field, theirs: before[field], ours: after[field] }));
}

function fieldsOf({ steps, ...others }, isStep) {
  const ofHooks = Object.entries(steps).map(([hook, texts]) => [`steps of ${hook}`, stepsOf(texts).filter(isStep)]);
  return { ...others, ...Object.fromEntries(ofHooks) };
}

/** Flags that depend on the transition of a call, which ends at another time in each run with Next's own client. */
const OF_TRANSITION = ["isTransitioning", "isPending"];

/** Returns the steps that a hook has shown, without the flags of the transition. */
function stepsOf(texts) {
  const steps = [];
  for (const text of texts) {
    const { flags, ...step } = JSON.parse(text);
    const shown = JSON.stringify({ ...step, flags: flags.filter((flag) => !OF_TRANSITION.includes(flag)) });
    if (steps.at(-1) !== shown) steps.push(shown);
  }
  return steps;
}

/**
 * Returns false for a step between two, with the new result and the old status: next-safe-action sets one after the
 * other, and React may or may not render between. Ours has none.
 */
function isNotBetween(text, at, steps) {
  const [step, before, after] = [text, steps[at - 1], steps[at + 1]].map((step) => step && JSON.parse(step));
  const isSecond = step.status === "executing" && before?.status === "executing" && isDeepStrictEqual(before.input, step.input);
  return !isSecond || !after || !isDeepStrictEqual(step.result, after.result);
}

/**
 * Returns `faults`, the differences of a behaviour that are not listed as they are, and those listed that have gone;
 * and `reasons`, of those that are.
 */
export function judge(name, found, listed) {
  const faults = [];
  const reasons = new Set();
  const expected = listed.filter(({ behaviours, most }) => behaviours.includes(name) && most === undefined);
  for (const { field, theirs, ours } of found) {
    const entry = expected.find((entry) => entry.field === field && isDeepStrictEqual([entry.theirs, entry.ours], changesOf(theirs, ours)));
    if (entry) reasons.add(entry.reason);
    else faults.push(`${field} differs:\n  theirs ${show(theirs)}\n  ours   ${show(ours)}`);
  }
  for (const { field, reason } of expected) {
    if (!found.some((difference) => difference.field === field)) faults.push(`${field} is the same, but listed as different: ${reason}`);
  }
  return { faults, reasons: [...reasons] };
}

/**
 * Counts the renders of each component that has used its hook. Those of the whole page do not count: Next's router
 * renders it now and then again, as one sees from a component beside it that has not used its hook. A component that
 * has gone by then has rendered once at least.
 */
export function countRenders(renders) {
  const isIdle = (texts) => texts.every((text) => JSON.parse(text).status === "idle");
  const ofPage = Object.values(renders).find(isIdle)?.length ?? 0;
  const used = Object.entries(renders).filter(([, texts]) => !isIdle(texts));
  return Object.fromEntries(used.map(([hook, texts]) => [hook, Math.max(1, texts.length - ofPage)]));
}

/**
 * Returns `faults`, hooks whose component renders more often than theirs and than a listed difference allows with
 * `most`, and those for which a listed one has gone; and `reasons`. `theirs` and `ours`: the renders by hook.
 */
export function judgeRenders(name, theirs, ours, listed) {
  const faults = [];
  const reasons = [];
  for (const [hook, after] of Object.entries(ours)) {
    const before = theirs[hook];
    const entry = listed.find(({ behaviours, field }) => behaviours.includes(name) && field === `renders of ${hook}`);
    if (entry) reasons.push(entry.reason);
    if (entry && after <= before) faults.push(`${hook} renders no more often, but is listed: ${entry.reason}`);
    else if (after > (entry?.most ?? before)) faults.push(`${hook} renders ${after} times, theirs ${before}`);
  }
  return { faults, reasons };
}

/** Returns what is in theirs alone, and in ours alone; of lists the items. */
function changesOf(theirs, ours) {
  if (!Array.isArray(theirs) || !Array.isArray(ours)) return [theirs, ours];
  return [theirs.filter((item) => !ours.includes(item)), ours.filter((item) => !theirs.includes(item))];
}

const show = (value) => (Array.isArray(value) ? value.map((item) => `\n    ${JSON.stringify(item)}`).join("") : JSON.stringify(value));
