// Addresses of actions on another origin than the page's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { destination } from "../lib/options.js";

/** Returns the code of the error of a call from a page to another origin, or undefined. */
function codeFrom(href) {
  // Browsers give these addresses an origin; Node.js calls it "null".
  const origin = href.split("/", 3).join("/");
  globalThis.location = { href, origin };
  try {
    return void destination(new URL("https://shop.example/pay"));
  } catch (error) {
    return error.code;
  } finally {
    delete globalThis.location;
  }
}

test("a page of a server calls no action of another origin", () => {
  assert.equal(codeFrom("https://app.example/"), "CROSS_ORIGIN");
  assert.equal(codeFrom("http://shop.example/"), "CROSS_ORIGIN");
  assert.equal(codeFrom("https://shop.example/"), undefined);
});

test("a page whose origin answers nothing calls actions of the address that is given", () => {
  for (const href of ["chrome-extension://dmceicfagknblijajdfhffhbomaoadpn/page.html", "moz-extension://a/page.html", "capacitor://localhost/"]) {
    assert.equal(codeFrom(href), undefined, href);
  }
});
