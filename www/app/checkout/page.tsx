import { refs } from "actionlane/server";
import * as actions from "@/app/actions";
import { Checkout } from "./checkout";

export default function Page() {
  return <Checkout refs={refs(actions)} amount={4200} />;
}
