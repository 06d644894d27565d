// Shows what Sentry and OpenTelemetry get of calls that succeed, fail, wait and are aborted.
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import * as Sentry from "@sentry/browser";
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { actions } from "../lib/actions";
import { traceCalls } from "../lib/spans";

const url = "https://shop.test/checkout";
const pay = { id: "60".padEnd(42, "0"), name: "pay" };
const answer = () => new HttpResponse('0:{"a":"$@1"}\n1:1\n', { headers: { "content-type": "text/x-component" } });
const server = setupServer();
const reported: unknown[] = [];
const spans = new InMemorySpanExporter();

beforeAll(() => {
  server.listen({ onUnhandledRequest: "error" });
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
  Sentry.init({
    dsn: "https://key@sentry.test/1",
    defaultIntegrations: false,
    beforeSend: ({ tags }) => (reported.push(tags), null),
  });
});
beforeEach(() => {
  server.resetHandlers(http.post(url, answer));
  reported.length = 0;
  spans.reset();
});
afterAll(() => server.close());

const fails = () => server.use(http.post(url, () => new HttpResponse("no", { status: 503 })));

test("a failed call is reported once, with its action and its code", async () => {
  fails();
  await expect(actions.call(pay, [], { url })).rejects.toThrow();
  await Sentry.flush();
  expect(reported).toEqual([{ action: "pay", code: "HTTP", sent: "yes" }]);
});

test("a call that the page aborts is not reported", async () => {
  const call = actions.call(pay, [], { url });
  call.abort();
  await expect(call).rejects.toMatchObject({ code: "ABORTED" });
  await Sentry.flush();
  expect(reported).toEqual([]);
});

test("each call is a span that says how long it waited, and how it ended", async () => {
  const end = traceCalls(actions);
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const held = async () => {
    await gate;
    return answer();
  };
  server.use(http.post(url, held, { once: true }));
  const [first, second] = [actions.call(pay, [], { url }), actions.call(pay, [], { url })];
  open();
  await Promise.all([first.outcome, second.outcome]);
  fails();
  await actions.call(pay, [], { url }).catch(() => {});
  await actions.idle();
  await expect.poll(() => spans.getFinishedSpans().length).toBe(3);
  end();
  const [one, two, three] = spans.getFinishedSpans();
  expect([one, two, three].map(({ name, status }) => [name, status.message])).toEqual([["action pay", undefined], ["action pay", undefined], ["action pay", "HTTP"]]);
  const waited = (span: typeof one) => Number(span.attributes["actionlane.waited_ms"]);
  expect(waited(two)).toBeGreaterThan(waited(one));
  expect(two.attributes).toMatchObject({ "actionlane.lane": "main", "actionlane.attempts": 1 });
});
