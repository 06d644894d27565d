// Gives the blocks of the documents, and the actions of this app, what they take for granted.
import { openStore } from "./stores";

const { store, pool } = await openStore();

/** Tells the test that an effect takes place, and waits for its word: the test may end this process instead. */
async function reach(what, values, headers) {
  const body = JSON.stringify({ ...values, server: process.env.SERVER });
  const response = await fetch(`${process.env.WORLD}/${what}`, { method: "POST", headers, body });
  if (!response.ok) throw new Error(`${what}: status ${response.status}`);
  return response.json();
}

Object.assign(globalThis, {
  store,
  pool,
  reach,
  database: pool,
  currentUser: async () => ({ id: "ada" }),
  shipping: `${process.env.WORLD}/shipping`,
  dispatchParcel: (order) => reach("parcel", { order }),
});
