// Configures Vitest: pages of jsdom and happy-dom are at the origin that answers actions.
import { defineConfig } from "vitest/config";

const url = process.env.ACTIONS;
export default defineConfig({ test: { environmentOptions: { jsdom: { url }, happyDOM: { url } } } });
