"use server";
// The action of the soak: an effect that must take place once for each call, in each of the ways that the documents
// recommend, and in none.
import { headers } from "next/headers";
import { idempotencyKey, idempotent } from "actionlane/server";

/** Long enough for a process that is only slow, on a machine of two cores with four servers and two browsers. */
const LEASE_MS = 10_000;

export async function charge(call) {
  const key = idempotencyKey({ user: "ada", action: "charge", headers: await headers(), fingerprint: call });
  if (process.env.WAY === "none") return reach("effect", { call, id: crypto.randomUUID() });
  return process.env.WAY === "transaction" ? inTransaction(key, call) : once(key, call);
}

/** Gives the effect to another service, under the id of the call. */
const once = (key, call) => idempotent(key, (id) => reach("effect", { call, id }), store, { leaseMs: LEASE_MS });

/** Writes the effect in the transaction of the claim and the record. */
async function inTransaction(key, call) {
  const tx = await pool.connect();
  let failed;
  try {
    await tx.query("BEGIN");
    const result = await idempotent(key, async (id) => {
      await tx.query("INSERT INTO effects (call) VALUES ($1)", [call]);
      return reach("effect", { call, id });
    }, store.in(tx));
    await tx.query("COMMIT");
    return result;
  } catch (error) {
    failed = error;
    await tx.query("ROLLBACK").catch(() => {}); // the connection may be gone, and the transaction with it
    throw error;
  } finally {
    tx.release(failed?.digest ? undefined : failed);
  }
}
