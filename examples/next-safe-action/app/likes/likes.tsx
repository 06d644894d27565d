"use client";

import { useOptimisticAction } from "next-safe-action/hooks";
import { useState } from "react";
import { HookState } from "@/components/hook-state";
import { like } from "./actions";

/** Keeps the number itself: the page is not rendered by the server again. */
export function Likes({ first }: { first: number }) {
  const [likes, setLikes] = useState(first);
  const hook = useOptimisticAction(like, {
    currentState: likes,
    updateFn: (likes, { by }) => likes + by,
    onSuccess: ({ data }) => setLikes(data.likes),
  });
  return (
    <section>
      <button onClick={() => hook.execute({ by: 1 })}>Like</button>
      <p id="likes">{hook.optimisticState}</p>
      <HookState name="like" hook={hook} />
    </section>
  );
}
