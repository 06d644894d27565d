// Keeps the calls that one component has made by a hook, and the state that it shows of the last of them. Knows no
// component: `use_calls.js` connects it to one.

import { begin } from "./begin.js";

/** Finds in the digest of an error that Next navigates by it, and where to. Next.js 14 has `NEXT_NOT_FOUND`. */
const NAVIGATION = /^NEXT_(?:HTTP_ERROR_FALLBACK;40)?([RN134])/;
const KINDS = { R: "redirect", N: "notFound", 1: "unauthorized", 3: "forbidden", 4: "notFound" };

/**
 * Makes the calls of a component. It keeps `at` up to date: `action`, `options`, and `transition(act)`, which runs
 * `act` as a transition. `isRead`: true if it shows the place in the queue. `kept`: the number of calls that have
 * succeeded, of a component that keeps them until the current state has caught up.
 *
 * Returns functions: those that each hook returns; `subscribe` and `read` of the state; and `open(isOpen)`, which
 * forgets the other calls and returns these in order, `{ input, abort, base, n }`. One that is kept has a `base`, which
 * holds the current state at its success, and a number.
 *
 * The state: `stage` counts its steps; `input`, `status`, `result`, `error` and `kind`, of navigation, are those of the
 * last call; `abort`: set once it is over, if it went through a lane; `position`: its place in the queue.
 */
export function makeCalls(at) {
  const idle = { status: "idle", result: at.options.initResult ?? {} };
  let state = { stage: 0 };
  let calls = [];
  let last, listener;

  const show = (change) => {
    state = { ...state, ...change };
    listener?.();
  };
  const step = (change) => {
    state = { stage: state.stage + 1, position: 0 };
    show(change);
  };

  /** Ends a call. `result`: undefined if the action threw. */
  const settle = (call, result, error) => {
    const { input, kind, abort } = call;
    call.place = undefined;
    const isFault = !result || result.serverError !== undefined || result.validationErrors !== undefined;
    const kept = at.kept >= 0 && (!isFault || kind === "redirect") && { input, base: [at.options.currentState], n: ++at.kept };
    calls = calls.flatMap((open) => (open !== call ? open : kept || []));
    if (call === last) {
      const status = kind ? "hasNavigated" : isFault ? "hasErrored" : "hasSucceeded";
      step({ status, input, result: result ?? {}, kind, error, abort });
    } else if (at.kept >= 0) show();
  };

  const executeAsync = (...args) => {
    if (process.env.NODE_ENV !== "production" && !at.transition) {
      throw new Error("actionlane/react: an action was executed while its component renders; execute it in an event or an effect");
    }
    const [input] = args;
    const call = (last = { input });
    const moved = () => {
      // Each event of the dispatcher comes here, for each open call.
      if (call !== last || !at.isRead) return;
      const position = call.place();
      if (position !== state.position) show({ position });
    };
    let promise;
    calls = [...calls, call];
    step({ status: "executing", input, result: state.result });
    at.transition(() => void (promise = begin(at, args, call, moved)));
    promise.then(
      (value) => settle(call, resultOf(value)),
      (error) => {
        call.kind = KINDS[NAVIGATION.exec(error?.digest)?.[1]];
        settle(call, undefined, error);
      },
    );
    // Code that waits for the promise goes on before React renders, so before the callbacks, as with next-safe-action.
    return promise;
  };
  const shared = {
    execute: (...args) => void executeAsync(...args).catch(() => {}),
    executeAsync,
    abort: (reason) => calls.map((call) => call.abort?.(reason)).includes(true),
    reset() {
      last = undefined;
      step(idle);
    },
  };
  step(idle);
  /** React listens once for each component. */
  const subscribe = (listen) => {
    listener = listen;
    return () => (listener = undefined);
  };
  const place = () => {
    if (!at.isRead) state.position = last?.place?.() ?? 0;
    at.isRead = true;
    return state.position;
  };
  return [shared, subscribe, () => state, (isOpen) => (calls = calls.filter(isOpen)), place];
}

/** Returns `{ data }`; and a value that has this form already, as actions of next-safe-action return, as it is. */
function resultOf(value) {
  if (value === undefined) return {};
  const isResult = value?.constructor === Object && Object.keys(value).every((key) => /^(data|serverError|validationErrors)$/.test(key));
  return isResult ? value : { data: value };
}
