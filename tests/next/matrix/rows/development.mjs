// Errors that `next dev` describes and `next start` does not. Each client makes its own message and name for a
// thrown error, so only the rest is compared.
const dev = { build: "dev", from: "16.4", shares: true };

export default [
  { name: "dev: a value", action: "echo", args: () => [{ a: [1, new Date(0)] }], ...dev, expect: { code: "ok" } },
  { name: "dev: throws an Error", action: "fail", args: () => ["secret message"], ...dev, expect: { code: "ACTION_THREW" } },
  {
    name: "dev: throws an Error with causes",
    action: "failWithCause",
    next: ({ call }) => call("failWithCause").catch((error) => [error.cause, error.errors, error.environmentName]),
    ours: ({ call }) => call("failWithCause").catch((error) => [error.cause, error.errors, error.environmentName]),
    ...dev,
    expect: { result: 'value [error RangeError: inner in Server {cause: {code: 7, at: date 1970-01-01T00:00:00.000Z, list: map {["k", 1]}}}, undefined, "Server"]' },
  },
  {
    name: "dev: throws an AggregateError",
    action: "failWithMany",
    next: ({ call }) => call("failWithMany").catch((error) => [error.cause, error.errors, error.environmentName]),
    ours: ({ call }) => call("failWithMany").catch((error) => [error.cause, error.errors, error.environmentName]),
    ...dev,
  },
  { name: "dev: errors as values", action: "returnErrors", ...dev },
  {
    name: "dev: a part rejects, with a cause",
    action: "failLaterWithCause",
    // React's own promises have no `catch`.
    use: ({ later }) => Promise.resolve(later).catch((error) => [error.cause, error.environmentName]),
    ...dev,
  },
  { name: "dev: redirect", action: "goTo", args: () => ["/target"], ...dev, shares: false, leaves: true, expect: { redirect: "push /target" } },
];
