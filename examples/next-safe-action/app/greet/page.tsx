import { Greeter } from "./greeter";
import { Strict } from "./strict";
import { Waver } from "./waver";

export default function Page() {
  return (
    <>
      <Greeter />
      <Strict />
      <Waver />
    </>
  );
}
