"use client";
import { isActionError } from "actionlane/next";
import { useAction } from "actionlane/react"; // before: useServerAction from "zsa-react"
import { rename } from "./actions";

export default function Page() {
  const { execute, abort, isPending, isQueued, result, error } = useAction(rename, { call: { lane: "profile" } });
  const [data, refused] = result.data ?? [];
  return (
    <form onSubmit={(event) => { event.preventDefault(); execute({ name: String(new FormData(event.currentTarget).get("name")) }); }}>
      <input name="name" />
      <button>Save</button>
      {isPending && <button type="button" onClick={() => abort()}>Cancel</button>}
      <p>{isQueued ? "waits" : isPending ? "runs" : data ? `saved ${data.name}` : "idle"}</p>
      <p role="alert">{refused?.fieldErrors?.name?.[0] ?? refused?.message ?? (isActionError(error) && error.code)}</p>
    </form>
  );
}
