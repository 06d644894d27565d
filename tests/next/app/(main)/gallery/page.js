import { Owner } from "../../owner";

/** The page below the dialog of a photo. Owns the actions of `app/actions`. */
export default function Page() {
  return <Owner page="/gallery" />;
}
