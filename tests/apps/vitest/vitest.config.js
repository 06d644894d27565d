import { defineConfig } from "vitest/config";

// Actions go to the origin of the page.
const url = process.env.ACTIONS;
export default defineConfig({ test: { environmentOptions: { jsdom: { url }, happyDOM: { url } } } });
