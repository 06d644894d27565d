import { Owner } from "../../owner";

export default function Page() {
  return <Owner page="/gallery" />;
}
