import { useId, useState } from "react";
import { useLocale } from "@/components/providers";
import { sessionReadyMs, type WayState } from "@/components/state";
import { duration, number } from "@/lib/format";
import type { ActionName, Track } from "@/lib/measure";

interface Props {
  actions: ActionName[];
  state: WayState | undefined;
  /** Ms since the click, while a run is under way. */
  nowMs: number;
  longestMs: number;
}

/** Shows the two calls on a time axis: waiting, running, and the moment when the session is ready. */
export function Waterfall({ actions, state, nowMs, longestMs }: Props) {
  const { locale, messages } = useLocale();
  const stepMs = [100, 200, 500, 1000, 2000, 5000].find((step) => longestMs / step <= 6.5) ?? 10_000;
  const axisMs = Math.ceil(Math.max(longestMs, nowMs) / stepMs) * stepMs;
  const ticks = Array.from({ length: axisMs / stepMs + 1 }, (_, index) => index * stepMs);
  const share = (ms: number) => `${(ms / axisMs) * 100}%`;
  const readyMs = sessionReadyMs(state);

  return (
    <div className="waterfall">
      <div className="plot">
        {ticks.map((ms) => (
          <i key={ms} className="grid" style={{ left: share(ms) }} />
        ))}
        {readyMs !== undefined && (
          <div className="ready" style={{ left: share(readyMs) }} data-flip={readyMs > axisMs * 0.75}>
            <span>
              {messages.legendReady} · {duration(readyMs, locale)}
            </span>
          </div>
        )}
        {actions.map((action) => {
          const track = state?.tracks.find((track) => track.action === action);
          return (
            <div key={action} className="track">
              {track ? (
                <Bar track={track} nowMs={nowMs} share={share} />
              ) : (
                <span className="track-empty" aria-hidden>
                  {action}
                </span>
              )}
            </div>
          );
        })}
      </div>
      <div className="axis" aria-hidden>
        {ticks.map((ms) => (
          <span key={ms} style={{ left: share(ms) }}>
            {ms === 0 ? "0" : stepMs < 1000 ? `${number(ms / 1000, locale, 1)} s` : `${ms / 1000} s`}
          </span>
        ))}
      </div>
    </div>
  );
}

function Bar({ track, nowMs, share }: { track: Track; nowMs: number; share: (ms: number) => string }) {
  const { locale, messages } = useLocale();
  const tip = useId();
  const [dismissed, setDismissed] = useState(false);
  const { action, madeMs, startMs, valueMs } = track;
  const end = valueMs ?? Math.max(nowMs, startMs ?? madeMs);
  const waited = (startMs ?? end) - madeMs;
  const ran = end - (startMs ?? end);
  const total = Math.max(end - madeMs, 0.001);
  const within = (ms: number) => `${(ms / total) * 100}%`;

  return (
    <button
      type="button"
      className="bar"
      aria-label={action}
      style={{ left: share(madeMs), width: share(total) }}
      aria-describedby={tip}
      data-dismissed={dismissed}
      onKeyDown={(event) => event.key === "Escape" && setDismissed(true)}
      onBlur={() => setDismissed(false)}
      onPointerLeave={() => setDismissed(false)}
    >
      <span className="parts">
        <i className="waiting" style={{ width: within(waited) }} />
        <i className="running" style={{ width: within(ran) }} />
      </span>
      {/* The name is written on the longer part. */}
      {ran >= waited ? (
        <span className="bar-name" style={{ left: within(waited) }}>
          {action}
        </span>
      ) : (
        <span className="bar-name bar-name-waiting">{action}</span>
      )}
      <span role="tooltip" id={tip} className="tip">
        <b>{action}</b>
        <span>{messages.startsAt}</span> <span>{startMs === undefined ? "…" : duration(startMs, locale)}</span>
        <span>{messages.duration}</span> <span>{valueMs === undefined ? "…" : duration(ran, locale)}</span>
        <span>{messages.waited}</span> <span>{duration(waited, locale)}</span>
      </span>
    </button>
  );
}
