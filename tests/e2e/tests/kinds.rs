//! Every kind of value, to a real Next.js server and back, and streams that are read while the server still writes.

use anyhow::Result;
use e2e::Behaviour;

use crate::scene::on_the_app;

#[tokio::test]
async fn every_kind_of_argument_comes_back_equal() -> Result<()> {
    on_the_app(async |page| {
        let different: Vec<String> = page
            .eval(
                "const bytes = value => [...new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength)].join();
                 const form = new FormData();
                 form.append('text', 'ü'); form.append('text', 'again'); form.append('file', new File(['abc'], 'n.txt', { type: 'text/x' }));
                 const cases = {
                     Map: [new Map([['k', { deep: new Map([[1, 2n]]) }]]), v => v.get('k').deep.get(1) === 2n],
                     Set: [new Set([1, 'a', null]), v => [...v].length === 3 && v.has('a')],
                     FormData: [form, async v => v.getAll('text').join() === 'ü,again' && await v.get('file').text() === 'abc'],
                     Blob: [new Blob(['blob'], { type: 'text/y' }), async v => v.type === 'text/y' && await v.text() === 'blob'],
                     ArrayBuffer: [new Uint8Array([1, 2, 255]).buffer, v => v instanceof ArrayBuffer && bytes(v) === '1,2,255'],
                     DataView: [new DataView(new Uint8Array([9, 8, 7]).buffer, 1), v => v instanceof DataView && bytes(v) === '8,7'],
                     promise: [{ p: Promise.resolve({ late: 1 }) }, async v => (await v.p).late === 1],
                     iterator: [[1, 2].values(), v => [...v].join() === '1,2'],
                     cyclic: [(() => { const o = {}; o.self = o; return o; })(), v => v.self === v],
                 };
                 for (const [type, values] of Object.entries({ Int8Array: [-1], Uint8Array: [250], Uint8ClampedArray: [7], Int16Array: [-300],
                     Uint16Array: [60000], Int32Array: [-70000], Uint32Array: [4e9], Float32Array: [1.5], Float64Array: [Math.PI],
                     BigInt64Array: [-1n], BigUint64Array: [2n ** 63n] }))
                     cases[type] = [window[type].from(values), v => v instanceof window[type] && v[0] === values[0] && v.length === 1];
                 const different = [];
                 for (const [name, [value, test]] of Object.entries(cases)) {
                     try {
                         if (!await test(await d.call(ids.echo, [value]))) different.push(name);
                     } catch (error) { different.push(`${name}: ${error}`); }
                 }
                 return different;",
            )
            .await?;
        assert!(different.is_empty(), "{different:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_server_receives_the_values_that_were_sent() -> Result<()> {
    on_the_app(async |page| {
        let seen: Vec<String> = page
            .eval(
                "const stream = values => new ReadableStream({ start(c) { values.forEach(v => c.enqueue(v)); c.close(); } });
                 const seen = [];
                 for (const value of [new Blob(['abc'], { type: 'text/x' }), new Float64Array(3), Promise.resolve('kept'), stream(['a', 'b']),
                     (async function* () { yield 1; yield 2; })()]) seen.push(await d.call(ids.describe, [value]));
                 return seen;",
            )
            .await?;
        let expected = ["Blob 3 text/x", "Float64Array 24", "promise of kept", "stream of a,b", "async iterable of 1,2"];
        assert_eq!(seen, expected);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_large_file_needs_a_raised_limit() -> Result<()> {
    on_the_app(async |page| {
        let seen: Vec<String> = page
            .eval(
                "const file = new Blob([new Uint8Array(50 * 2 ** 20).fill(7)], { type: 'application/x-large' });
                 const refused = await d.call(ids.describe, [file]).catch(error => error.code);
                 const raised = actionlane.createDispatcher({ url, maxBodyBytes: 60 * 2 ** 20 });
                 const described = await raised.call(ids.describe, [file]);
                 const back = await raised.call(ids.echo, [file]);
                 const bytes = new Uint8Array(await back.arrayBuffer());
                 return [refused, described, `${back.type} ${bytes.length} ${bytes.every(byte => byte === 7)}`];",
            )
            .await?;
        assert_eq!(seen, ["BODY_TOO_LARGE", "Blob 52428800 application/x-large", "application/x-large 52428800 true"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_stream_is_read_while_the_server_writes() -> Result<()> {
    on_the_app(async |page| {
        let events: Vec<String> = page
            .eval(
                "const events = [], key = `speaks-${Math.random()}`;
                 const reader = (await d.call(ids.speaks, [key])).getReader();
                 events.push((await reader.read()).value);
                 events.push('opening the gate');
                 await fetch(`/api/checks/${key}`, { method: 'POST' });
                 events.push((await reader.read()).value);
                 events.push(String((await reader.read()).done));
                 return events;",
            )
            .await?;
        assert_eq!(events, ["first", "opening the gate", "second", "true"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_server_stops_when_the_reader_stops() -> Result<()> {
    on_the_app(async |page| {
        let closes = page.browser().kind().behaves(Behaviour::ClosesAborted);
        let seen: Vec<String> = page
            .eval(&format!(
                "const key = `counts-${{Math.random()}}`, seen = [];
                 const call = d.call(ids.counts, [key], {{ keepalive: {closes} }});
                 for await (const n of await call) {{ seen.push(String(n)); if (n === 3) break; }}
                 await until(() => call.state === 'done');
                 const stopped = async () => (await (await fetch(`/api/checks/${{key}}`)).json()).stopped;
                 await until(stopped);
                 seen.push(`stopped: ${{await stopped()}}`);
                 seen.push(await d.call(ids.echo, ['next']));
                 return seen;"
            ))
            .await?;
        assert_eq!(seen, ["1", "2", "3", "stopped: true", "next"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_function_from_the_server_can_be_called_and_sent_back() -> Result<()> {
    on_the_app(async |page| {
        let seen: Vec<String> = page
            .eval(
                "const add = await d.call(ids.adder, [40]);
                 const again = await d.call(ids.echo, [{ add }]);
                 const mine = () => 1;
                 const back = await d.call(ids.echo, [[mine]]);
                 return [typeof add, String(await add(2)), String(await again.add(3)), String(back[0] === mine)];",
            )
            .await?;
        assert_eq!(seen, ["function", "42", "43", "true"]);
        Ok(())
    })
    .await
}
