//! Limits of answers and arguments. The defaults accept everything that React's client accepts. Beyond a limit, the
//! call fails with an error that names it, even if the engine's stack is small, and the instance goes on.

use anyhow::Result;

use crate::scene::on_the_test_server;

async fn eval<T: serde::de::DeserializeOwned>(script: &str) -> Result<T> {
    let mut value = None;
    on_the_test_server("", async |page, _server| {
        value = Some(page.eval(&format!("{}\n{script}", include_str!("limits.js"))).await?);
        Ok(())
    })
    .await?;
    value.ok_or_else(|| anyhow::anyhow!("no value"))
}

#[tokio::test]
async fn a_call_accepts_what_the_client_of_react_accepts() -> Result<()> {
    let wrong: Vec<String> = eval(
        r#"const answer = value => `0:{"a":"$@1","f":"","b":"x"}\n1:${value}\n`;
           const parts = Array.from({ length: 2000 }, (_, at) => `"$0:f:${at}"`);
           const answers = {
               "9 000 arrays": answer(`${"[".repeat(9000)}${"]".repeat(9000)}`),
               "6 000 objects": answer(`${'{"a":'.repeat(6000)}1${"}".repeat(6000)}`),
               "a bigint of 300 000 digits": answer(`"$n${"7".repeat(300_000)}"`),
               "70 000 promises": answer(`[${Array.from({ length: 70_000 }, (_, at) => `"$@${(at + 2).toString(16)}"`)}]`),
               "a text of 70 MiB": `0:{"a":"$1","f":"","b":"x"}\n1:T${(70 << 20).toString(16)},${"x".repeat(70 << 20)}`,
               "2 000 parts of the page": `0:{"a":"$@1","f":[${Array(2000).fill('{"x":1}')}],"b":"x"}\n1:[${parts}]\n`,
           };
           const wrong = [];
           for (const [name, rows] of Object.entries(answers)) {
               const got = await outcome(answering(rows).call(action));
               if (got !== "value") wrong.push(`${name}: ${got}`);
           }
           for (const [name, [, wrap]] of Object.entries({ objects: ARGUMENTS.objects, arrays: ARGUMENTS.arrays, Sets: ARGUMENTS.Sets })) {
               const got = await outcome(answering(answer(1)).call(action, [nested(5000, wrap)]));
               if (got !== "value") wrong.push(`arguments of 5 000 ${name}: ${got}`);
           }
           return wrong;"#,
    )
    .await?;
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[tokio::test]
async fn an_answer_is_refused_only_beyond_a_limit() -> Result<()> {
    let wrong: Vec<String> = eval(
        r#"const wrong = [];
           const decoded = (rows, options) => outcome(actionlane.decode(new Blob([rows]).stream(), options).value);
           for (const [name, make] of Object.entries(DEEP)) {
               for (const [bound, options] of [[DEPTH, {}], [RAISED, { maxDepth: RAISED }]]) {
                   for (const [count, expected] of [[bound - 2, "value"], [bound, "value"], [bound + 2, "DECODE"], [bound * 3, "DECODE"]]) {
                       const got = await decoded(make(count), options);
                       if (got !== expected) wrong.push(`${count} ${name}: ${got}`);
                   }
               }
           }
           for (const [name, make] of Object.entries(LONG)) {
               for (const count of [100, DEPTH, DEPTH + 1, 2 * DEPTH]) {
                   const got = await decoded(make(count));
                   if (got !== "value" && !(name === "references" && count > 100 && got === "DECODE")) wrong.push(`${count} ${name}: ${got}`);
               }
           }
           return wrong;"#,
    )
    .await?;
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[tokio::test]
async fn arguments_are_refused_only_beyond_the_limit() -> Result<()> {
    let wrong: Vec<String> = eval(
        r#"const wrong = [];
           for (const name of Object.keys(ARGUMENTS)) {
               const step = ARGUMENTS[name][0];
               for (const [count, expected] of [[DEPTH - step, "value"], [DEPTH, "value"], [DEPTH + 2 * step, "ENCODE"], [DEPTH * 10, "ENCODE"]]) {
                   const got = [await outcome(actionlane.encode(deepArguments(name, count))),
                       await outcome(answering('0:{"a":1,"f":"","b":"x"}\n', { maxBodyBytes: false }).call(action, deepArguments(name, count)))];
                   if (got.some(got => got !== expected)) wrong.push(`${count} ${name}: ${got}`);
               }
           }
           for (const [count, expected] of [[RAISED, "value"], [RAISED + 1, "ENCODE"]]) {
               const got = await outcome(actionlane.encode(deepArguments("objects", count), { maxDepth: RAISED }));
               if (got !== expected) wrong.push(`${count} objects: ${got}`);
           }
           return wrong;"#,
    )
    .await?;
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

#[tokio::test]
async fn calls_at_the_end_of_the_stack_break_nothing() -> Result<()> {
    let seen: Vec<(String, Vec<String>)> = eval(
        r#"await actionlane.ready();
           const own = answering('0:{"a":"$@1","f":"","b":"x"}\n1:["$D2020-01-01T00:00:00.000Z"]\n');
           const acts = {
               "a call": () => own.call(action, [{ a: [1, new Map([[1, 2]])] }]),
               "a call that is read with care": () => own.call(action, [{ toJSON: () => ({ x: [new Uint8Array(3), new Date(0)] }) }]),
               "a call with a promise": () => own.call(action, [Promise.resolve(1)]),
               "fetch": () => own.fetch("/", { method: "POST", headers: { "next-action": action } }),
               "encode": () => actionlane.encode([{ toJSON: () => [new Set([1])] }]),
               "decode": stream => actionlane.decode(stream).value,
               "snapshot": () => Promise.resolve(own.snapshot()),
           };
           // A stream that WebKit makes at the end of the stack may never give its bytes.
           const prepare = { decode: () => new Blob(['0:["$n1"]\n']).stream() };
           const seen = [];
           for (const [name, act] of Object.entries(acts)) seen.push([name, await atTheEndOfTheStack(act, prepare[name])]);
           seen.push(["idle", [(await settle(own.idle())).hung ? "hung" : "value"]]);
           return seen;"#,
    )
    .await?;
    let wrong: Vec<_> = seen.iter().filter(|(_, seen)| seen.iter().any(|one| one != "value" && one != "the end of the stack")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen.iter().all(|(_, seen)| seen.iter().any(|one| one == "value")), "{seen:#?}");
    Ok(())
}

#[tokio::test]
async fn the_limits_of_a_call_override_those_of_its_dispatcher() -> Result<()> {
    let got: Vec<String> = eval(
        r#"const rows = '0:{"a":"$@1","f":"","b":"x"}\n1:[[["$n12345"]]]\n';
           const own = answering(rows, { limits: { maxDepth: 2, maxDigits: 3 } });
           const how = promise => promise.then(() => "value", error => `${error.code} ${error.message}`);
           return [
               await how(own.call(action)),
               await how(own.call(action, [], { limits: { maxDepth: 3 } })),
               await how(own.call(action, [], { limits: { maxDepth: 3, maxDigits: 5 } })),
               await how(own.call(action, [[[1]]], { limits: { maxDepth: 2, maxDigits: 5 } })),
               await how(own.call(action, [], { limits: { maxDepth: Infinity, maxDigits: 5, maxBytes: 20 } })),
               await how(own.call(action, [], { limits: { maxDepths: 3 } })),
           ];"#,
    )
    .await?;
    let expected = [
        "DECODE action 7fababab: row 1: more than 2 containers inside each other",
        "DECODE action 7fababab: row 1: a bigint of more than 3 digits at [0][0][0]",
        "value",
        "ENCODE action 7fababab: argument 0: [0] is nested deeper than 2 containers",
        "DECODE action 7fababab: the answer is longer than 20 bytes",
        "INVALID_OPTION action 7fababab: limits: there is no option \"maxDepths\"; did you mean \"maxDepth\"?",
    ];
    assert_eq!(got, expected);
    Ok(())
}
