import { expect, test } from "@playwright/test";

test("the session is ready while the tokens are still being saved", async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let actions = 0;
  await page.route("**/checkout", async (route) => {
    const isFirst = route.request().method() === "POST" && (actions += 1) === 1;
    if (isFirst) await held; // saveTokens, which is called first
    await route.continue();
  });
  await page.goto("/checkout");
  const button = page.getByRole("button");
  await button.click();
  await expect(button).toHaveText(/^Paid in/);
  expect(actions).toBe(2);
  release();
});
