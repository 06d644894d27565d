// Finds the app and the browser: APP is the address of the app, and CHROMIUM a browser that is installed already.
import { defineConfig } from "@playwright/test";

const { APP = "http://localhost:3000", CHROMIUM } = process.env;

export default defineConfig({
  testDir: "e2e",
  reporter: "list",
  use: { baseURL: APP, launchOptions: CHROMIUM ? { executablePath: CHROMIUM, args: ["--no-sandbox"] } : {} },
});
