// A cached value with a tag, which actions revalidate.
import { unstable_cache } from "next/cache";
import { state } from "./state";

export const TAG = "fixture";

/** Returns how often it was computed: grows after the tag has been revalidated. */
export const tagged = unstable_cache(async () => (state().computed += 1), ["fixture-tagged"], { tags: [TAG] });
