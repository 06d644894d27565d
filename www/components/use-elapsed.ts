import { useEffect, useState, useSyncExternalStore } from "react";
import { lastMs, type WayState } from "@/components/state";

/** Ms since the click while a run is under way: at every frame, or only when something happens for those who want less motion. */
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
