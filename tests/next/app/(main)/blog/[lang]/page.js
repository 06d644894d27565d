import { headers } from "next/headers";
import { Owner } from "../../../owner";

/** A page per language, rendered on request. Its path may begin like the assets' prefix. */
export default async function Page({ params }) {
  await headers();
  return <Owner page={`/blog/${(await params).lang}`} />;
}
