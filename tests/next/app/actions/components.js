// Actions that return client components.
"use server";

import { Button } from "../button";
import { add } from "./values";

/** Returns a component of the client's, which gets a function of the server's and a part that comes later. */
export async function button(text, n) {
  return <Button text={text} press={add.bind(null, n)} later={Promise.resolve("later")} />;
}
