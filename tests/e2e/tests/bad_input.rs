//! Failures in an action, its arguments or its caller. Each has the right code, nothing hangs, and the next call in
//! the lane runs.

use anyhow::Result;
use serde_json::{Value, json};

use crate::scene::{Page, Pair, Settled, on_the_app};

#[tokio::test]
async fn an_invalid_id_is_refused() -> Result<()> {
    on_the_app(async |page| {
        for id in ["''", "'xyz'", "'../secret'", "some.slice(1)", "some + '00'", "'g'.repeat(42)", "{ id: 'abc' }"] {
            fails(page, &format!("d.call({id})"), "INVALID_OPTION", "no").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn invalid_options_are_refused() -> Result<()> {
    on_the_app(async |page| {
        for options in
            ["{ lane: '' }", "{ timeout: -1 }", "{ signal: 1 }", "{ get lane() { throw 1 } }", "{ headers: { 'next-action': 'x' } }"]
        {
            fails(page, &format!("d.call(ids.echo, [1], {options})"), "INVALID_OPTION", "no").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_argument_that_cannot_be_serialised_is_refused() -> Result<()> {
    on_the_app(async |page| {
        for argument in
            ["10n ** 301n", "Promise.reject(new Error('mine'))", "{ toJSON() { throw 'no' } }", "{ get x() { throw new Error('no') } }"]
        {
            fails(page, &format!("d.call(ids.echo, [{argument}])"), "ENCODE", "no").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_unknown_action_is_not_found() -> Result<()> {
    on_the_app(async |page| {
        // Changes every digit except those of the first byte, which says how the arguments are encoded.
        let unknown = "ids.echo.slice(0, 2) + [...ids.echo.slice(2)].map(digit => (15 - parseInt(digit, 16)).toString(16)).join('')";
        fails(page, &format!("d.call({unknown}, [1])"), "ACTION_NOT_FOUND", "no").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_action_that_throws_fails_with_its_digest() -> Result<()> {
    on_the_app(async |page| {
        let thrown = fails(page, "d.call(ids.fails)", "ACTION_THREW", "yes").await?;
        assert!(thrown.digest.as_deref().is_some_and(|digest| !digest.is_empty()), "no digest: {thrown:?}");
        assert!(!thrown.message.as_deref().unwrap_or_default().contains("stays on the server"), "{thrown:?}");
        let thrown = fails(page, "d.call(ids.failsWithDigest)", "ACTION_THREW", "yes").await?;
        assert_eq!(thrown.digest.as_deref(), Some("PAYMENT_DECLINED"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn not_found_forbidden_and_unauthorized_have_their_codes() -> Result<()> {
    on_the_app(async |page| {
        fails(page, "d.call(ids.missing)", "NOT_FOUND", "yes").await?;
        fails(page, "d.call(ids.forbids)", "FORBIDDEN", "yes").await?;
        fails(page, "d.call(ids.unauthorizes)", "UNAUTHORIZED", "yes").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_signal_that_is_aborted_before_the_call_fails_it() -> Result<()> {
    on_the_app(async |page| {
        let aborted = fails(page, "d.call(ids.counter, [], { signal: AbortSignal.abort('not wanted') })", "ABORTED", "no").await?;
        assert_eq!(aborted.cause.as_deref(), Some("not wanted"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_that_waits_can_be_aborted() -> Result<()> {
    on_the_app(async |page| {
        let pair: Pair = page
            .eval(
                "const first = d.call(ids.waits, ['abort-while-waiting']);
                 const waiting = d.call(ids.echo, ['never sent']);
                 const next = d.call(ids.echo, ['next']);
                 await until(() => first.state === 'running');
                 if (waiting.state !== 'waiting') throw new Error(waiting.state);
                 if (!waiting.abort('a string')) throw new Error('abort() said it was over');
                 if (waiting.abort()) throw new Error('aborted twice');
                 await fetch('/api/checks/abort-while-waiting', { method: 'POST' });
                 const both = await pair(waiting, next);
                 if (await first !== 'abort-while-waiting') throw new Error('the first call was touched');
                 return both;",
            )
            .await?;
        pair.assert_failed_alone("ABORTED", "no", &json!("next"));
        assert_eq!(pair.call.cause.as_deref(), Some("a string"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_that_runs_can_be_aborted() -> Result<()> {
    on_the_app(async |page| {
        let pair: Pair = page
            .eval(
                "const controller = new AbortController();
                 const running = d.call(ids.waits, ['for ever'], { signal: controller.signal });
                 const next = d.call(ids.echo, ['next']);
                 await until(() => running.state === 'running');
                 controller.abort(new TypeError('gone'));
                 const both = await pair(running, next);
                 if (running.state !== 'done') throw new Error(running.state);
                 return both;",
            )
            .await?;
        pair.assert_failed_alone("ABORTED", "unknown", &json!("next"));
        assert_eq!(pair.call.cause.as_deref(), Some("TypeError"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_abort_after_settling_changes_nothing() -> Result<()> {
    on_the_app(async |page| {
        let settled: Settled = page
            .eval(
                "const controller = new AbortController();
                 const call = d.call(ids.echo, ['kept'], { signal: controller.signal });
                 await call;
                 await until(() => call.state === 'done');
                 controller.abort();
                 if (call.abort()) throw new Error('abort() of a call that is over said true');
                 return await settle(call);",
            )
            .await?;
        settled.assert_value(&json!("kept"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_without_an_answer_times_out() -> Result<()> {
    on_the_app(async |page| {
        fails(page, "d.call(ids.waits, ['for ever'], { timeout: 150 })", "TIMEOUT", "unknown").await?;
        Ok(())
    })
    .await
}

/// Time spent waiting does not count.
#[tokio::test]
async fn the_timeout_starts_with_the_request() -> Result<()> {
    on_the_app(async |page| {
        let settled: Settled = page
            .eval(
                "const late = async timeout => {
                     const key = `timeout ${timeout}`;
                     const first = d.call(ids.waits, [key]);
                     const second = d.call(ids.echo, ['in time'], { timeout });
                     await new Promise(resolve => setTimeout(resolve, timeout + 50));
                     await fetch(`/api/checks/${key}`, { method: 'POST' });
                     await first;
                     return await settle(second);
                 };
                 return await inTime(late, ({ value }) => value !== undefined);",
            )
            .await?;
        settled.assert_value(&json!("in time"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn close_fails_pending_and_later_calls() -> Result<()> {
    on_the_app(async |page| {
        let [running, waiting, late]: [Settled; 3] = page
            .eval(
                "const running = d.call(ids.waits, ['for ever']);
                 const waiting = d.call(ids.echo, ['never sent']);
                 await until(() => running.state === 'running');
                 d.close();
                 d.close();
                 const late = d.call(ids.echo, ['too late']);
                 const all = [await settle(running), await settle(waiting), await settle(late)];
                 if (d.pending !== 0) throw new Error('pending: ' + d.pending);
                 return all;",
            )
            .await?;
        running.assert_failed("CLOSED", "unknown");
        waiting.assert_failed("CLOSED", "no");
        late.assert_failed("CLOSED", "no");
        // Another dispatcher of the page is not affected.
        let other: Settled = page.eval("return await settle(d.call(ids.echo, ['other']))").await?;
        other.assert_value(&json!("other"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_listener_may_make_calls_and_throw() -> Result<()> {
    on_the_app(async |page| {
        let values: Vec<Settled> = page
            .eval(
                "const made = [];
                 d.subscribe(event => {
                     if (made.length < 3) made.push(d.call(ids.echo, [made.length]));
                     d.snapshot(); d.lane('main').size; d.pending;
                     throw new Error('a listener that throws');
                 });
                 window.onerror = () => true;
                 const first = await settle(d.call(ids.echo, ['first']));
                 await until(() => made.length === 3);
                 return [first, ...await Promise.all(made.map(call => settle(call)))];",
            )
            .await?;
        let expected = [json!("first"), json!(0), json!(1), json!(2)];
        assert_eq!(values.len(), expected.len());
        values.iter().zip(&expected).for_each(|(settled, value)| settled.assert_value(value));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_listener_may_abort_a_call() -> Result<()> {
    on_the_app(async |page| {
        let pair: Pair = page
            .eval(
                "let call;
                 d.subscribe(event => { if (event.id === call.id && event.state === 'running') call.abort(); });
                 call = d.call(ids.waits, ['for ever']);
                 return await pair(call, d.call(ids.echo, ['next']));",
            )
            .await?;
        // `sent` is not checked: it depends on microtasks whether the request has left by then.
        assert_eq!(pair.call.code.as_deref(), Some("ABORTED"), "{pair:?}");
        pair.next.assert_value(&json!("next"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_listener_may_close_the_dispatcher() -> Result<()> {
    on_the_app(async |page| {
        let [first, second]: [Settled; 2] = page
            .eval(
                "let first;
                 d.subscribe(event => { if (event.id === first.id && event.state === 'done') d.close(); });
                 first = d.call(ids.echo, ['first']);
                 const second = d.call(ids.waits, ['for ever']);
                 return [await settle(first), await settle(second)];",
            )
            .await?;
        first.assert_value(&json!("first"));
        assert_eq!(second.code.as_deref(), Some("CLOSED"), "{second:?}");
        Ok(())
    })
    .await
}

/// Runs `call`, the JavaScript expression of a call in the lane `main`. Checks that it rejects with `code` and
/// `sent`, and that the next call runs.
async fn fails(page: &Page<'_>, call: &str, code: &str, sent: &str) -> Result<Settled> {
    let pair: Pair = page.eval(&format!("return await pair({call}, d.call(ids.echo, ['next']));")).await?;
    eprintln!("{call}: {:?}", pair.call);
    pair.assert_failed_alone(code, sent, &Value::from("next"));
    Ok(pair.call)
}
