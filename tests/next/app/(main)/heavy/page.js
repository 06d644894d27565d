import { Owner } from "../../owner";

/** A page below a slow layout. Owns the actions of `app/actions`. */
export default function Page() {
  return <Owner page="/heavy" />;
}
