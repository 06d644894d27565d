"use client";

// Puts `window.fixture` on the page: Next's own calls by name (`actions`), the ids for calls made by hand (`ids`),
// and the router's state. `render` puts a node of an answer on the page.
import * as React from "react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";

export function Harness({ page, ids, actions, passed }) {
  const [pending, startTransition] = React.useTransition();
  const router = useRouter();
  const pathname = usePathname();
  const search = useSearchParams().toString();
  const [node, setNode] = React.useState(null);

  React.useEffect(() => {
    // Settles as the action does. The transition never throws, so no error boundary replaces the page.
    const call = (action) => (...args) =>
      new Promise((resolve, reject) => startTransition(() => action(...args).then(resolve, reject)));
    const calls = (functions) => Object.fromEntries(Object.entries(functions ?? {}).map(([name, action]) => [name, call(action)]));
    window.fixture = { page, ids, actions: calls(actions), passed: calls(passed), transition: (run) => call(run)(), render: setNode, raw: { ...actions, ...passed }, router: { pathname, search, pending, push: router.push, replace: router.replace, refresh: router.refresh } };
    document.documentElement.dataset.fixture = page;
  });

  return (
    <>
      <dl>
        <dt>path</dt><dd data-testid="pathname">{pathname}</dd>
        <dt>search</dt><dd data-testid="search">{search}</dd>
        <dt>transition</dt><dd data-testid="pending">{pending ? "pending" : "idle"}</dd>
      </dl>
      {node}
    </>
  );
}
