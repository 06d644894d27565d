// The drop-in for `fetch`: an action that somebody else has built waits for its turn, everything else goes at once.

import { exchange } from "./calling.js";
import { closed } from "./error.js";
import { actionOf, argumentsOf, bodyNow, isOnce, readInit, signalOf, targetOf } from "./init.js";
import { AbortController } from "./platform.js";
import { needRoom } from "./room.js";
import { route } from "./route.js";
import { sendWith } from "./signals.js";
import { callerOf } from "./stack.js";

/** What `fetch` would have rejected with, where the caller of `fetch` expects that. */
function asFetchWould(error) {
  if (error.code === "ABORTED" || error.code === "NETWORK") return error.cause ?? error;
  return error;
}

/** What a dispatcher's `fetch` does. `from`: that function. */
export function answer(client, from, asked, init) {
  needRoom();
  const { beneath, open } = client;
  let input, read, id, own, once;
  try {
    input = targetOf(asked);
    read = readInit(init);
    id = actionOf(input, read);
    own = signalOf(input, read);
    const ours = beneath.find(input, read, id);
    if (ours) return beneath.pass(ours, input, init && read);
    if (id !== undefined && !open.closed) {
      read.body = bodyNow(read.body);
      once = isOnce(input, read);
    }
  } catch (error) {
    return Promise.reject(error); // what `fetch` would say of these
  }
  const send = (make, once) => beneath.sendOn(make, once);
  if (open.closed) return sendWith([new AbortController().signal, own], (signal) => send(() => argumentsOf(input, read, signal), true));
  const caller = callerOf(from);
  if (id === undefined) return route(client, send, caller, input, read).catch((error) => Promise.reject(asFetchWould(error)));
  return new Promise((resolve, reject) => {
    exchange(client, id, own && { signal: own }, {
      caller,
      settle: (error, outcome) => (error ? reject(asFetchWould(error)) : resolve(outcome.value)),
      send: async (entry, signal) => {
        if (!entry.over) return sendWith([signal, own], (signal) => send(() => argumentsOf(input, read, signal), once));
        throw closed(); // to an instance that has failed
      },
    });
  });
}
