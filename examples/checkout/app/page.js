import { Pay } from "./pay";

export default function Page() {
  return <Pay amount={4200} />;
}
