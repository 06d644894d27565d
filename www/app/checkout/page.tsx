import { createPaymentSession, saveTokens } from "@/app/actions";
import { Checkout } from "./checkout";

const id = (action: unknown) => (action as { $$id: string }).$$id; // only the server can read it

export default function Page() {
  const ids = { saveTokens: id(saveTokens), createPaymentSession: id(createPaymentSession) };
  return <Checkout ids={ids} amount={4200} />;
}
