"use client";

/** Stands for the page once an action has thrown. */
export default function Failed() {
  return <p id="failed">an action has failed</p>;
}
