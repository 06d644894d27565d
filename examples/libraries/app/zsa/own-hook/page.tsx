"use client";
import { withOptions } from "actionlane/next";
import { useServerAction } from "zsa-react";
import { rename } from "../actions";

const inLane = withOptions(rename, { lane: "profile" });

export default function Page() {
  const { execute, isPending, data, error } = useServerAction(inLane);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void execute({ name: String(new FormData(event.currentTarget).get("name")) }); }}>
      <input name="name" />
      <button>Save</button>
      <p>{isPending ? "runs" : data ? `saved ${data.name}` : "idle"}</p>
      <p role="alert">{error?.fieldErrors?.name?.[0] ?? error?.message}</p>
    </form>
  );
}
