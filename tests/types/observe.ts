// The types of `actionlane/observe` as a page uses them. The compiler checks each `expect`; nothing runs.
import { createDispatcher } from "../../pkg/index.js";
import { observe, type ObservedAction, patch, type WaitedFor } from "../../pkg/observe.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<Holds extends true>(): Holds;

const { discover, entries, follow, named, restore, subscribe, table } = observe();
expect<Same<ReturnType<typeof entries>, readonly ObservedAction[]>>();
expect<Same<Awaited<ReturnType<typeof named>>, readonly ObservedAction[]>>();
expect<Same<ObservedAction["waitedFor"], WaitedFor | undefined>>();
const end: () => void = subscribe(({ name, unnamed, start, head }) => console.log(name ?? unnamed, head && head - start));
void table().then(end);
void discover(document.body).then(({ actions, unread }) => console.log(actions.map(({ name }) => name), unread));
// @ts-expect-error an entry never changes
entries()[0]!.start = 0;

const d = createDispatcher();
follow(d)();
patch(d, globalThis, { mode: "queue" })();
// @ts-expect-error there is no such mode
patch(d, globalThis, { mode: "block" });
restore();
