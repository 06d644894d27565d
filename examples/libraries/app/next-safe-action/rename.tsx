"use client";
import { isActionError } from "actionlane/next";
import { useAction } from "actionlane/react"; // before: from "next-safe-action/hooks"
import { rename } from "./actions";

export function Rename() {
  const { execute, abort, status, isQueued, queuePosition, result, error } = useAction(rename, {
    call: { lane: "profile", timeout: 10_000 },
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); execute({ name: String(new FormData(event.currentTarget).get("name")) }); }}>
      <input name="name" />
      <button>Save</button>
      <button type="button" onClick={() => abort()}>Cancel</button>
      <p>{isQueued ? `waits at place ${queuePosition}` : status}</p>
      <p role="alert">{result.validationErrors?.name?._errors?.[0] ?? result.serverError ?? (isActionError(error) && error.code)}</p>
    </form>
  );
}
