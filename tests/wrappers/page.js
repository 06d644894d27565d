// Wrappers that pages put around `fetch`: real packages, and wrappers as people write them by hand.
// `wrappers[name]()` puts one in place, and returns the name of the header that it adds to requests; `unwrap()` then
// takes it away again, if it can be. A package is loaded by its wrapper alone.

import { context, propagation, trace } from "@opentelemetry/api";

/** Makes a wrapper by hand: `change()` returns the arguments with which it calls on. */
const byHand = (change) => () => {
  const inner = globalThis.fetch;
  globalThis.fetch = (input, init) => inner(...change(input, init));
  return "x-a";
};

const isRequest = (input) => input instanceof Request;

/**
 * Changes the headers of `init` only. A `Request` gets its header in the usual way, since code that spreads headers
 * forgets about it.
 */
const ofInit = (change) => byHand((input, init = {}) => (isRequest(input) ? [withHeader(input)] : [input, { ...init, headers: change(init.headers) }]));

function withHeader(request) {
  const headers = new Headers(request.headers);
  headers.set("x-a", "b");
  return new Request(request, { headers });
}

async function otel(...loaded) {
  const [{ FetchInstrumentation }, { WebTracerProvider }] = await Promise.all(loaded);
  const provider = new WebTracerProvider();
  provider.register();
  const instrumentation = new FetchInstrumentation();
  instrumentation.setTracerProvider(provider);
  window.unwrap = () => instrumentation.disable();
  trace.setGlobalTracerProvider(provider);
  if (!propagation.fields().includes("traceparent")) throw new Error("nothing is propagated");
  context.active();
  return "traceparent";
}

window.wrappers = {
  "@opentelemetry/instrumentation-fetch 0.52": () => otel(import("otel-fetch-0.52"), import("otel-trace-0.52")),
  "@opentelemetry/instrumentation-fetch 0.300": () => otel(import("otel-fetch-0.300"), import("otel-trace-0.300")),
  "fetch-intercept": async () => {
    const { default: intercept } = await import("fetch-intercept");
    intercept.register({
      request: (url, config) => (isRequest(url) ? [withHeader(url)] : [url, { ...config, headers: { ...config?.headers, "x-a": "b" } }]),
    });
    return "x-a";
  },
  "@sentry/browser": async () => {
    const { browserTracingIntegration, init } = await import("@sentry/browser");
    init({
      dsn: "https://key@sentry.invalid/1",
      transport: () => ({ send: async () => ({}), flush: async () => true }),
      integrations: [browserTracingIntegration()],
      tracesSampleRate: 1,
      tracePropagationTargets: [/./],
    });
    return "sentry-trace";
  },
  "@datadog/browser-rum": async () => {
    const { datadogRum } = await import("@datadog/browser-rum");
    datadogRum.init({
      applicationId: "00000000-0000-0000-0000-000000000000",
      clientToken: "none",
      service: "wrappers",
      proxy: () => new URL("/__echo", location.href).href,
      sessionSampleRate: 100,
      traceSampleRate: 100,
      allowedTracingUrls: [/./],
    });
    while (!datadogRum.getInternalContext()) await new Promise((resolve) => setTimeout(resolve, 10));
    return "traceparent";
  },
  // Adds no header: the tests look for one that they send themselves.
  "zone.js": async () => {
    await import("zone.js");
    return "x-own";
  },
  // MSW's service worker receives each request that really leaves the page, and the page answers it.
  "msw": async () => {
    const { setupWorker } = await import("msw/browser");
    const { bypass, http } = await import("msw");
    const worker = setupWorker(http.all("*", ({ request }) => fetch(bypass(withHeader(request)))));
    await worker.start({ quiet: true, serviceWorker: { url: "/pkg/mockServiceWorker.js" } });
    window.unwrap = () => worker.stop();
    return "x-a";
  },
  "spreads the headers": ofInit((headers) => ({ ...headers, "x-a": "b" })),
  "assigns the headers": ofInit((headers) => Object.assign({}, headers, { "x-a": "b" })),
  "makes Headers": ofInit((headers) => {
    const made = new Headers(headers);
    made.set("x-a", "b");
    return made;
  }),
  "goes through entries": ofInit((headers) => Object.fromEntries([...Object.entries(headers ?? {}), ["x-a", "b"]])),
  "goes through names": ofInit((headers) => {
    const made = new Headers();
    for (const name in headers) made.append(name, headers[name]);
    made.append("x-a", "b");
    return made;
  }),
  "goes through its own names, as polyfills do": ofInit((headers) => {
    const made = new Headers();
    for (const name of Object.getOwnPropertyNames(headers ?? {})) made.append(name, headers[name]);
    made.append("x-a", "b");
    return made;
  }),
  "asks for their class": ofInit((headers) => {
    if (headers instanceof Headers) return headers.set("x-a", "b"), headers;
    if (Array.isArray(headers)) return [...headers, ["x-a", "b"]];
    return { ...headers, "x-a": "b" };
  }),
  "changes them in place": byHand((input, init = {}) => {
    if (isRequest(input)) return [withHeader(input)];
    (init.headers ??= {})["x-a"] = "b";
    return [input, init];
  }),
  "looks for the action as Next.js spells it": byHand((input, init = {}) => {
    if (isRequest(input)) return [withHeader(input)];
    const missed = init.method === "POST" && init.headers?.["next-action"] === undefined;
    return [input, missed ? init : { ...init, headers: { ...init.headers, "x-a": "b" } }];
  }),
  "passes on nothing but a Request": byHand((input, init) => [withHeader(new Request(input, init))]),
};
