"use client";

import { useEffect, useRef, useState } from "react";
import { useLocale } from "@/components/providers";
import { actions } from "@/lib/actions";

/** Shows the calls of the page on a timeline, from when the visitor opens it. Until then it loads nothing. */
export function Calls() {
  const { messages } = useLocale();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!isOpen) return;
    let end: (() => void) | undefined = () => {};
    void Promise.all([import("actionlane/observe"), import("actionlane/timeline")]).then(([{ observe }]) => {
      if (!end) return;
      const observed = observe();
      const timeline = document.createElement("actionlane-timeline");
      timeline.source = [actions, observed];
      place.current?.append(timeline);
      end = () => {
        timeline.remove();
        observed.restore();
      };
    });
    return () => {
      end?.();
      end = undefined;
    };
  }, [isOpen]);

  return (
    <details className="calls" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{messages.timeline}</summary>
      <p>{messages.timelineText}</p>
      <div ref={place} />
    </details>
  );
}
