import { createPaymentSession, saveTokens } from "@/app/actions";
import { Demo } from "@/components/demo";
import { Intro } from "@/components/intro";
import { actionId } from "@/lib/action-id";
import { delays } from "@/lib/payment";
import { shownCode } from "@/lib/shown-code";

/** The payment page: its introduction, and the six ways to measure. */
export default function PaymentPage() {
  const expected = delays();
  return (
    <main>
      <Intro delays={expected} code={shownCode()} />
      <Demo
        ids={{ saveTokens: actionId(saveTokens), createPaymentSession: actionId(createPaymentSession) }}
        expectedMs={expected.saveTokens + expected.createPaymentSession}
      />
    </main>
  );
}
