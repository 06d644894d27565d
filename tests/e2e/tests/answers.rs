//! Answers of a real Next.js server, as the caller receives them.

use anyhow::Result;
use serde_json::{Value, json};

use crate::scene::on_the_app;

#[tokio::test]
async fn an_echoed_object_is_the_same_object() -> Result<()> {
    on_the_app(async |page| {
        let same: bool = page
            .eval(
                "const object = { a: [1, { b: 'c' }] };
                 return await d.call(ids.echo, [object]) === object;",
            )
            .await?;
        assert!(same);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn echoed_scalars_are_equal() -> Result<()> {
    on_the_app(async |page| {
        let different: Vec<String> = page
            .eval(
                "const values = [1, -1.5, NaN, Infinity, -Infinity, -0, '', '$', '$$', '$D', '@', 'ü – 🚀\\n', true, false, null,
                     undefined, 123456789012345678901234567890n, -1n];
                 const different = [];
                 for (const value of values) {
                     const answer = await d.call(ids.echo, [value]);
                     if (!Object.is(answer, value)) different.push(`${String(value)} came back as ${String(answer)}`);
                 }
                 const date = new Date(1234567890123);
                 const answer = await d.call(ids.echo, [date]);
                 if (!(answer instanceof Date) || +answer !== +date) different.push('date');
                 return different;",
            )
            .await?;
        assert!(different.is_empty(), "{different:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_kind_of_value_arrives() -> Result<()> {
    on_the_app(async |page| {
        let wrong: Vec<String> = page
            .eval(
                "const v = await d.call(ids.kinds);
                 const deep = v.nested.list;
                 const checks = {
                     date: v.date instanceof Date && v.date.toISOString() === '2026-01-02T03:04:05.678Z',
                     bigint: v.bigint === 12345678901234567890n,
                     map: v.map instanceof Map && v.map.get('a') === 1 && +v.map.get(2).get('inner') === 0,
                     set: v.set instanceof Set && [...v.set].join() === ['x', 3, null].join(),
                     numbers: Object.is(v.nan, NaN) && v.infinity === Infinity && v.negativeInfinity === -Infinity,
                     negativeZero: Object.is(v.negativeZero, -0),
                     undefined: v.undefined === undefined,
                     null: v.null === null,
                     dollars: v.dollar === '$dollar' && v.dollars.join('|') === '$|$$|$D2026-01-02|$undefined|@|',
                     text: v.text === 'naïve – 日本語 – 🚀 – line\\nbreak',
                     long: v.long === 'ü'.repeat(2000),
                     nested: deep[0] === 1 && deep[1][1].length === 3 && deep[1][1][0] === undefined && Object.is(deep[1][1][1], -0),
                     deepSet: deep[1][1][2].deep[0].has(1n),
                     empty: Object.keys(v.nested.empty).length === 0 && Array.isArray(v.nested.none) && v.nested.none.length === 0,
                 };
                 return Object.keys(checks).filter(name => !checks[name]);",
            )
            .await?;
        assert!(wrong.is_empty(), "{wrong:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_promise_inside_the_value_resolves_later() -> Result<()> {
    on_the_app(async |page| {
        let got: Value = page
            .eval(
                "const key = `later-${Math.random()}`;
                 const value = await d.call(ids.later, [key]);
                 const pending = await Promise.race([value.promise, Promise.resolve('pending')]);
                 await fetch(`/api/checks/${key}`, { method: 'POST' });
                 return { now: value.now, pending, later: await value.promise };",
            )
            .await?;
        assert_eq!(got, json!({ "now": 1, "pending": "pending", "later": "late" }));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_redirect_is_reported_and_without_a_host_not_followed() -> Result<()> {
    on_the_app(async |page| {
        let got: Value = page
            .eval(
                "const call = actionlane.createDispatcher({ url, host: 'none' }).call(ids.goes);
                 const value = await call;
                 const { redirect } = await call.outcome;
                 redirect.url = redirect.url.replace(location.origin, '');
                 return { none: value === undefined, redirect, path: location.pathname };",
            )
            .await?;
        let redirect = json!({ "url": "/?from=checks&x=1;y=2", "followed": false, "type": "push" });
        assert_eq!(got, json!({ "none": true, "redirect": redirect, "path": "/plain.html" }));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_revalidation_is_reported() -> Result<()> {
    on_the_app(async |page| {
        let got: Value = page
            .eval(
                "const call = d.call(ids.refreshes);
                 const { value, revalidated, status } = await call.outcome;
                 const quiet = await d.call(ids.echo, [1]).outcome;
                 return { value, revalidated, status, quiet: quiet.revalidated === undefined };",
            )
            .await?;
        assert_eq!(got, json!({ "value": 1, "revalidated": "all", "status": 200, "quiet": true }));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_form_arrives_in_order() -> Result<()> {
    on_the_app(async |page| {
        let got: Value = page
            .eval(
                "const form = new FormData();
                 form.append('b', '$1');
                 form.append('a', 'ü');
                 form.append('b', '');
                 return await d.call(ids.form, [form]);",
            )
            .await?;
        assert_eq!(got, json!([["b", "$1"], ["a", "ü"], ["b", ""]]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_call_runs_once_and_in_order() -> Result<()> {
    on_the_app(async |page| {
        let counts: Vec<u64> = page.eval("return await Promise.all(Array.from({ length: 5 }, () => d.call(ids.counter)))").await?;
        let first = counts.first().copied().unwrap_or_default();
        assert_eq!(counts, (first..first + 5).collect::<Vec<_>>());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn other_lanes_do_not_wait() -> Result<()> {
    on_the_app(async |page| {
        let order: Vec<String> = page
            .eval(
                "const order = [], keys = [`first-${Math.random()}`, `parallel-${Math.random()}`];
                 const note = (name, call) => call.then(() => order.push(name));
                 const open = key => fetch(`/api/checks/${key}`, { method: 'POST' });
                 const first = note('first', d.call(ids.waits, [keys[0]]));
                 const behind = note('behind', d.call(ids.echo, [1]));
                 const parallel = note('parallel', d.call(ids.waits, [keys[1]], { lane: 'parallel' }));
                 await note('own', d.call(ids.echo, [2], { lane: 'own' }).then(() => d.call(ids.echo, [3], { lane: 'own' })));
                 await open(keys[1]);
                 await parallel;
                 await open(keys[0]);
                 await Promise.all([first, behind]);
                 return order;",
            )
            .await?;
        assert_eq!(order, ["own", "parallel", "first", "behind"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn events_report_the_states_in_order() -> Result<()> {
    on_the_app(async |page| {
        let states: Vec<String> = page
            .eval(
                "const before = d.call(ids.echo, [0]);
                 await until(() => before.state === 'done');
                 const events = [];
                 d.subscribe(event => events.push(event));
                 const call = d.call({ id: ids.echo, name: 'echo' }, ['secret']);
                 await call;
                 await until(() => events.at(-1)?.state === 'done');
                 if (JSON.stringify(events).includes('secret')) throw new Error('an event carries an argument');
                 if (events.some(event => event.id !== call.id || event.name !== 'echo' || event.lane !== 'main')) throw new Error(JSON.stringify(events));
                 const { queuedAt, startedAt, headAt, valueAt, settledAt, code } = events.at(-1);
                 const times = [queuedAt, startedAt, headAt, valueAt, settledAt];
                 if (code !== 'ok' || times.some((time, i) => !(time >= (times[i - 1] ?? 0)))) throw new Error(JSON.stringify(events.at(-1)));
                 return events.map(event => event.state).filter(state => state !== 'draining');",
            )
            .await?;
        assert_eq!(states, ["waiting", "running", "done"]);
        Ok(())
    })
    .await
}
