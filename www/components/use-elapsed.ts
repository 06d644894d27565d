import { useEffect, useState, useSyncExternalStore } from "react";
import { lastMs, type WayState } from "@/components/state";

/**
 * Returns the ms since the click while a run is under way: updated at every frame, or at each event for visitors
 * who prefer reduced motion.
 */
export function useElapsed(state: WayState | undefined): number {
  const still = useReducedMotion();
  const [now, setNow] = useState(0);
  const moving = Boolean(state?.running && state.tracks.length > 0);
  useEffect(() => {
    if (!moving || still) return;
    const tick = (time: number) => {
      setNow(time);
      frame = requestAnimationFrame(tick);
    };
    let frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [moving, still]);
  if (!state || !moving) return 0;
  return Math.max(now - state.clickedAt, lastMs(state));
}

const lessMotion = "(prefers-reduced-motion: reduce)";

function useReducedMotion(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = matchMedia(lessMotion);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => matchMedia(lessMotion).matches,
    () => false,
  );
}
