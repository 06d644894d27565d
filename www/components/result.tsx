import { useLocale } from "@/components/providers";
import { sessionReadyMs, type WayState } from "@/components/state";
import { useElapsed } from "@/components/use-elapsed";
import { Waterfall } from "@/components/waterfall";
import { duration, fill, number } from "@/lib/format";
import type { ActionName, Run } from "@/lib/measure";
import type { Way } from "@/lib/ways";

const actions: ActionName[] = ["saveTokens", "createPaymentSession"];

interface Props {
  way: Way;
  name: string;
  state: WayState | undefined;
  /** The time until the session was ready with Next's own client, once it was measured. */
  baselineMs: number | undefined;
  /** The end of the time axis that all ways share. */
  longestMs: number;
  busy: boolean;
  onRun: () => void;
}

/** Shows one way: its description, its waterfall and its numbers. */
export function Result({ way, name, state, baselineMs, longestMs, busy, onRun }: Props) {
  const { locale, messages } = useLocale();
  const texts: Record<Way, string> = {
    next: messages.wayNextText,
    policy: messages.wayPolicyText,
    queue: messages.wayQueueText,
    skip: messages.waySkipText,
    lane: messages.wayLaneText,
    route: messages.wayRouteText,
  };
  const heading = `way-${way}`;
  const nowMs = useElapsed(state);
  const about = (
    <div className="way-about">
      <h3 id={heading}>{name}</h3>
      <p>{texts[way]}</p>
      <button onClick={onRun} aria-disabled={busy} aria-describedby={heading}>
        {state?.running ? messages.running : messages.run}
      </button>
    </div>
  );
  if (!state) {
    return (
      <article className="way way-not-run" aria-labelledby={heading}>
        {about}
      </article>
    );
  }
  return (
    <article className="way" aria-labelledby={heading} aria-busy={state.running}>
      {about}
      <Waterfall actions={actions} state={state} nowMs={nowMs} longestMs={longestMs} />

      <div className="way-numbers">
        <Headline way={way} state={state} nowMs={nowMs} baselineMs={baselineMs} />
        <table>
          <caption className="unseen">{name}</caption>
          <thead>
            <tr>
              <th scope="col">{messages.action}</th>
              <th scope="col">{messages.startsAt}</th>
              <th scope="col">{messages.duration}</th>
              <th scope="col">{messages.waited}</th>
            </tr>
          </thead>
          <tbody>
            {actions.map((action) => {
              const { madeMs, startMs, valueMs } = state.tracks.find((track) => track.action === action) ?? {};
              const cell = (to?: number, from?: number) => (
                <td>{to === undefined || from === undefined ? "–" : duration(to - from, locale)}</td>
              );
              return (
                <tr key={action}>
                  <th scope="row">{action}</th>
                  {cell(startMs, 0)}
                  {cell(valueMs, startMs)}
                  {cell(startMs, madeMs)}
                </tr>
              );
            })}
          </tbody>
        </table>
        {state.error === undefined ? (
          <p className="proof">{state.run && <Proof run={state.run} />}</p>
        ) : (
          <p role="alert">{fill(messages.failed, { message: state.error })}</p>
        )}
      </div>
    </article>
  );
}

/** Shows the time until the session was ready, or the time it has taken so far. */
function Headline({ way, state, nowMs, baselineMs }: Pick<Props, "way" | "baselineMs"> & { state: WayState; nowMs: number }) {
  const { locale, messages } = useLocale();
  const readyMs = sessionReadyMs(state);
  if (readyMs === undefined) {
    return (
      <p className="headline headline-open">
        {state.running && <strong>{duration(nowMs, locale)}</strong>}
      </p>
    );
  }
  return (
    <p className="headline">
      <strong>{duration(readyMs, locale)}</strong>{" "}
      {way === "next" ? (
        <span>{messages.baseline}</span>
      ) : (
        baselineMs !== undefined && <Compared ratio={baselineMs / readyMs} />
      )}
    </p>
  );
}

/** Says how many times as fast as Next.js a way was. A ratio near 1 is not printed: runs differ by that much. */
function Compared({ ratio }: { ratio: number }) {
  const { locale, messages } = useLocale();
  const isSame = ratio > 0.85 && ratio < 1.15;
  return (
    <span data-better={ratio > 1.5}>
      {!isSame && <b>{number(ratio, locale, 1)}×</b>} {messages.asFast}
    </span>
  );
}

/** Shows that the values are real: the cookies were set, and the date is a date. */
function Proof({ run }: { run: Run }) {
  const { locale, messages } = useLocale();
  const set = run.cookies.id_token && run.cookies.access_token;
  const time = run.session.expiresAt.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  return (
    <>
      {set ? messages.cookiesSet : messages.cookiesMissing} · {run.session.sessionId} {messages.validUntil} {time}
    </>
  );
}
