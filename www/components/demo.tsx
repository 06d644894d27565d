"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { Calls } from "@/components/calls";
import { useLocale, useSession } from "@/components/providers";
import { Result } from "@/components/result";
import { blank, lastMs, sessionReadyMs, type WayState } from "@/components/state";
import { duration, fill } from "@/lib/format";
import { measure, type PaymentRefs, type Run } from "@/lib/measure";
import { pairs, prepare, ways, type Policies, type Way } from "@/lib/ways";

declare global {
  interface Window {
    /** Runs a way as its button does, for scripts that drive this page: "policy" with other policies, if given. */
    demo?: { ways: readonly Way[]; run(way: Way, policies?: Policies): Promise<Run> };
  }
}

interface Props {
  refs: PaymentRefs;
  /** The time that the slowest way should take: the length of the time axis before any run. */
  expectedMs: number;
}

/** Shows the six ways, runs them, and announces their times. */
export function Demo({ refs, expectedMs }: Props) {
  const { locale, messages } = useLocale();
  const { amount } = useSession();
  const [states, setStates] = useState<Partial<Record<Way, WayState>>>({});
  const [said, setSaid] = useState("");
  const busy = Object.values(states).some((state) => state.running);
  const names: Record<Way, string> = {
    next: messages.wayNext,
    policy: messages.wayPolicy,
    queue: messages.wayQueue,
    skip: messages.waySkip,
    lane: messages.wayLane,
    route: messages.wayRoute,
  };

  const run = useMemo(() => {
    const made = pairs(refs);
    const start = async (way: Way, policies?: Policies): Promise<Run> => {
      const set = (change: Partial<WayState>) =>
        setStates((states) => ({ ...states, [way]: { ...(states[way] ?? blank), ...change } }));
      set({ ...blank, running: true });
      try {
        await prepare(way, policies);
        const run = await measure(made[way], refs, amount, (tracks, clickedAt) => set({ tracks, clickedAt }));
        set({ running: false, run });
        return run;
      } catch (error) {
        set({ running: false, error: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    };
    // Runs follow each other, since they share the cookies and the wrapper around fetch.
    let last: Promise<unknown> = Promise.resolve();
    return (way: Way, policies?: Policies): Promise<Run> => {
      const result = last.then(() => start(way, policies));
      last = result.catch(() => undefined);
      return result;
    };
  }, [refs.saveTokens.id, refs.createPaymentSession.id, amount]); // each refresh of the page brings other objects

  useEffect(() => {
    window.demo = { ways, run };
    return () => {
      delete window.demo;
    };
  }, [run]);

  const clicked = useRef(false);
  const click = async (chosen: readonly Way[]) => {
    if (busy || clicked.current) return;
    clicked.current = true;
    for (const way of chosen) {
      const done = await run(way).catch(() => undefined);
      if (done) setSaid(fill(messages.announce, { way: names[way], time: duration(done.sessionReadyMs, locale) }));
    }
    clicked.current = false;
  };

  const longest = Math.max(expectedMs * 1.04, ...Object.values(states).map(lastMs));
  return (
    <section className="demo" aria-labelledby="results">
      <div className="controls">
        <h2 id="results" className="unseen">
          {messages.resultsHeading}
        </h2>
        <button className="primary" onClick={() => click(ways)} aria-disabled={busy}>
          {messages.runAll}
        </button>
        <ul className="legend">
          <li className="key-waiting">{messages.legendWaiting}</li>
          <li className="key-running">{messages.legendRunning}</li>
          <li className="key-ready">{messages.legendReady}</li>
        </ul>
        <p className="unseen" role="status">
          {said}
        </p>
      </div>

      {ways.map((way) => (
        <Result
          key={way}
          way={way}
          name={names[way]}
          state={states[way]}
          baselineMs={sessionReadyMs(states.next)}
          longestMs={longest}
          busy={busy}
          onRun={() => click([way])}
        />
      ))}

      <Calls />

      <footer>
        <p>{messages.note}</p>
        <p>
          <a href="/plain.html">{messages.plain}</a>
        </p>
      </footer>
    </section>
  );
}
