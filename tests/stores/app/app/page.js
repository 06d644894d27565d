import { refs } from "actionlane/server";
import { placeOrder as insertOrder } from "@/blocks/correlation/2";
import { placeOrder } from "@/blocks/outbox-server/2";
import { charge } from "./actions";
import { Caller } from "./caller";

export const dynamic = "force-dynamic";

export default () => <Caller refs={refs({ charge, placeOrder, insertOrder })} />;
