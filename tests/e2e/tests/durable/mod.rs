//! Functions that tests of durable calls share: dispatchers with an outbox, and the server's ledger.

use anyhow::Result;
use serde::de::DeserializeOwned;
use server::{Ledger, Server};

use crate::scene::Page;

/// Functions for the scripts:
/// - `open(owner, options)`: a dispatcher with an outbox; its results are in `o.results`, its events in `o.events`;
/// - `durable(o, name, query, options)`: a durable call that the ledger shows as `name`;
/// - `stored(call)`: waits until the call is in the outbox;
/// - `states(o)`: name, state and code of each entry;
/// - `gate(name)`: opens a gate of the server, where calls with `gate=name` wait;
/// - `raw(run)`: runs `run` with the object store of the outbox, in one transaction;
/// - `change(change)`: replaces each stored record by `change(record, key)`, unless that is `undefined`.
const OUTBOX: &str = r#"
    const action = "7f" + "ab".repeat(20); // it looks at its arguments
    const open = (owner, options) => {
        const results = [], events = [];
        const onResult = (entry, { error, outcome }) => results.push({
            id: entry.id, state: entry.state, code: entry.code, url: entry.url, value: outcome?.value, error: error?.code, message: error?.message, sent: error?.sent,
        });
        const o = actionlane.createDispatcher({ url: "/", outbox: { owner, onResult }, retry: { delay: 1, backoffLimit: 50 }, ...options });
        o.subscribe(({ actionId, state, code, replayed, lane }) => events.push({ state, code, replayed, lane }));
        return Object.assign(o, { results, events });
    };
    const durable = (o, name, query = "", { lane = "main", given = [], ...options } = {}) =>
        o.call(action, given, { url: `/?call=${name}&lane=${lane}&${query}`, lane, durable: true, ...options });
    const stored = call => until(() => !["loading", "preparing"].includes(call.state));
    const states = async o => (await o.outbox.entries()).map(({ state, code, url }) => [new URL(url ?? "a:b").searchParams.get("call"), state, code].filter(x => x).join(" "));
    const gate = name => fetch(`/__gate?name=${name}`, { method: "POST" });
    const raw = run => new Promise((resolve, reject) => {
        const request = indexedDB.open("actionlane", 1);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
            const transaction = request.result.transaction("outbox", "readwrite");
            const values = transaction.objectStore("outbox");
            run(values);
            transaction.oncomplete = () => (request.result.close(), resolve());
            transaction.onabort = () => reject(transaction.error);
        };
    });
    const change = change => raw(values => {
        values.openCursor().onsuccess = ({ target: { result: cursor } }) => {
            if (!cursor) return;
            const changed = change(cursor.value, cursor.key);
            if (changed !== undefined) cursor.update(changed);
            cursor.continue();
        };
    });
"#;

/// Runs `script` on the page, with the functions of [`OUTBOX`] before it.
pub(crate) async fn eval<T: DeserializeOwned>(page: &Page<'_>, script: &str) -> Result<T> {
    page.eval(&format!("{OUTBOX}\n{script}")).await
}

/// Loads the server's page again: the dispatchers and calls of the old page are gone.
pub(crate) async fn reload(page: &Page<'_>, server: &Server) -> Result<()> {
    page.browser().goto(&format!("{}/", server.url())).await
}

/// Returns how often a call arrived, and how often it ran.
pub(crate) fn counts(ledger: &Ledger, call: &str) -> (u64, u64) {
    ledger.keys.values().find(|entry| entry.call.as_deref() == Some(call)).map_or((0, 0), |entry| (entry.arrivals, entry.effects))
}

/// Returns the calls of a lane in the order of their first arrival.
pub(crate) fn order(ledger: &Ledger, lane: &str) -> Vec<String> {
    let mut entries: Vec<_> = ledger.keys.values().filter(|entry| entry.lane.as_deref() == Some(lane)).collect();
    entries.sort_by_key(|entry| entry.order);
    entries.iter().filter_map(|entry| entry.call.clone()).collect()
}
