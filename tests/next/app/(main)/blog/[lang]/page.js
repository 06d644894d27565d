import { headers } from "next/headers";
import { Owner } from "../../../owner";

/** A page per language, rendered when it is asked for. Its path may begin with what is the assets' prefix, too. */
export default async function Page({ params }) {
  await headers();
  return <Owner page={`/blog/${(await params).lang}`} />;
}
