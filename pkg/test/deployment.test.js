// The header `x-deployment-id`: its value is the option's, or that of the page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createDispatcher } from "../node.js";
import { ID, serve } from "./server.js";

let server;
before(async () => (server = await serve()));
after(() => server.close());

const sent = () => server.requests.at(-1).headers["x-deployment-id"];

test("the dispatcher's option sets the deployment", async () => {
  await createDispatcher({ url: server.url }).call(ID);
  assert.equal(sent(), undefined);
  await createDispatcher({ url: server.url, deploymentId: "dpl_1~x" }).call(ID);
  assert.equal(sent(), "dpl_1~x");
  for (const deploymentId of [7, "a b", "a\n", "é", null]) {
    assert.throws(() => createDispatcher({ deploymentId }), { code: "INVALID_OPTION" }, String(deploymentId));
  }
});

test("a caller's own header may not set the deployment", async () => {
  for (const headers of [{ "X-Deployment-Id": "x" }, [["x-deployment-id", "x"]]]) {
    await assert.rejects(createDispatcher({ url: server.url }).call(ID, [], { headers }), { code: "INVALID_OPTION", sent: "no" });
  }
});

test("without the option the value is that of Next's own client", async () => {
  globalThis.NEXT_DEPLOYMENT_ID = "of-the-page";
  try {
    await createDispatcher({ url: server.url }).call(ID);
    assert.equal(sent(), "of-the-page");
    await createDispatcher({ url: server.url, deploymentId: "option" }).call(ID);
    assert.equal(sent(), "option");
    await createDispatcher({ url: server.url, deploymentId: "" }).call(ID);
    assert.equal(sent(), undefined, "an empty option sends no header");
    globalThis.NEXT_DEPLOYMENT_ID = "no\nheader";
    await createDispatcher({ url: server.url }).call(ID);
    assert.equal(sent(), undefined);
  } finally {
    delete globalThis.NEXT_DEPLOYMENT_ID;
  }
});

// The module reads the page once, when it is loaded: each case imports it again.
let pages = 0;
async function page({ dplId, scripts = [], readyState = "complete" }, look) {
  globalThis.document = { documentElement: { dataset: { dplId } }, scripts: scripts.map((src) => ({ src })), readyState };
  globalThis.location = new URL("https://app.example/shop");
  try {
    const { deploymentOfPage } = await import(`../lib/page/next_app.js?${pages++}`);
    await look(deploymentOfPage, globalThis.document);
  } finally {
    delete globalThis.document;
    delete globalThis.location;
  }
}

test("the attribute of <html> is remembered after Next's client has removed it", async () => {
  await page({ dplId: "attribute", scripts: ["https://app.example/_next/a.js?dpl=script"] }, (deployment, document) => {
    delete document.documentElement.dataset.dplId;
    assert.equal(deployment(), "attribute");
  });
});

test("without the attribute the deployment is read from the addresses of the app's own scripts", async () => {
  const own = "https://app.example/_next/static/chunks/a.js";
  for (const [scripts, expected] of [
    [["", "https://app.example/x.js?dpl=no", "https://other.example/_next/a.js?dpl=no", own, `${own}?v=1&dpl=dpl_7`], "dpl_7"],
    [["https://app.example/shop/_next/a.js?dpl=dpl_8"], "dpl_8"],
    [["https://cdn.example/app/_next/a.js", "https://cdn.example/app/_next/b.js?dpl=dpl_9"], "dpl_9"],
    [["https://cdn.example/app/_next/a.js", "https://cdn.example/other/_next/b.js?dpl=no", "https://other.example/app/_next/c.js?dpl=no"], undefined],
    [["https://other.example/_next/a.js?dpl=no", own], undefined],
    [[own], undefined],
    [[`${own}?dpl=`], undefined],
    [[`${own}?dpl=a%0Ab`], undefined],
  ]) {
    await page({ scripts }, (deployment) => assert.deepEqual([deployment(), deployment()], [expected, expected]));
  }
});

test("scripts that are added while the page loads are read too", async () => {
  await page({ readyState: "loading" }, (deployment, document) => {
    assert.equal(deployment(), undefined);
    document.scripts.push({ src: "https://app.example/_next/a.js?dpl=later" });
    assert.equal(deployment(), "later");
  });
});

test("the deployment is found in browsers without `URL.canParse` too (Chrome before 120, Safari before 17)", async () => {
  const { canParse } = URL;
  delete URL.canParse;
  try {
    await page({ scripts: ["", "https://app.example/_next/a.js?dpl=dpl_7"] }, (deployment) => assert.equal(deployment(), "dpl_7"));
  } finally {
    URL.canParse = canParse;
  }
});
