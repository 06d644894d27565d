import { createDispatcher } from "actionlane";
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const url = "https://shop.test/checkout";
const pay = { id: "60".padEnd(42, "0"), name: "createPaymentSession" };
const answer = (value: unknown) =>
  new HttpResponse(`0:{"a":"$@1"}\n1:${JSON.stringify(value)}\n`, { headers: { "content-type": "text/x-component" } });

const server = setupServer(http.post(url, () => answer({ sessionId: "cs_1" })));
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

test("a payment opens a session", async () => {
  const d = createDispatcher({ url });
  expect(await d.call(pay, [4200, "id token"])).toEqual({ sessionId: "cs_1" });
});

test("a page of a proxy is an error with a code", async () => {
  server.use(http.post(url, () => HttpResponse.html("<h1>Bad gateway</h1>", { status: 502 })));
  const d = createDispatcher({ url });
  await expect(d.call(pay, [4200, "id token"])).rejects.toMatchObject({ code: "HTTP", status: 502, sent: "yes" });
});
