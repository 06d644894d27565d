// Makes calls of the records that the outbox has found; part of the outbox's chunk, see `outbox.js`. Must not
// read the store.

import { ActionError } from "../error.js";
import { headersOf } from "../options/headers.js";
import { toCallOptions } from "../loading/dispatcher_wasm.js";
import { destination } from "../options.js";
import { performance } from "../page/globals.js";

/** Makes a call of a record that another page left. */
export function replay(client, engine, found) {
  const { key, lane, actionId, name, left, headers, idempotencyKey } = found;
  const { open, outbox } = client;
  if (open.closed) return;
  const entry = open.add(lane, "waiting", performance.now());
  Object.assign(entry, { actionId, name, replayed: true, durable: true, entered: true, taken: true, hooks: client.options.hooks });
  entry.again = () => outbox.flush();
  entry.settle = (error, outcome) => outbox.settled(found, entry, error, outcome);
  entry.limits = client.options.limits;
  outbox.adopt(entry, key);
  try {
    entry.url = destination(found.url);
    client.tellOfServer(engine);
    const given = toCallOptions({ lane, name, idempotencyKey, durable: { ttl: left } });
    engine.replay(entry.id, actionId, entry.url, entry.queuedAt, given, found.header, found.body, headersOf(client, entry, headers));
  } catch (error) {
    if (!(error instanceof ActionError)) throw error; // a trap
    outbox.fate(entry, "fails", error.code);
    client.refuse(entry, error);
  }
}
