import { begin } from "@/state";

Object.assign(globalThis, {
  database: {
    async query(text, values) {
      await begin("query", text, values);
      return { rows: [{ number: 12 }] };
    },
  },
  shipping: `http://127.0.0.1:${process.env.PORT}/shipping`,
});
