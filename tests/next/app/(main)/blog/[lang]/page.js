import { Owner } from "../../../owner";

/** A page per language. Its path may begin with what is the assets' prefix, too. */
export default async function Page({ params }) {
  return <Owner page={`/blog/${(await params).lang}`} />;
}
