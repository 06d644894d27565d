import { refs } from "actionlane/server";
import { createPaymentSession, saveTokens } from "@/app/actions";
import { Demo } from "@/components/demo";
import { Intro } from "@/components/intro";
import { delays } from "@/lib/payment";
import { shownCode } from "@/lib/shown-code";

/** The payment page: its introduction, and the six ways to measure. */
export default function PaymentPage() {
  const expected = delays();
  return (
    <main>
      <Intro delays={expected} code={shownCode()} />
      <Demo
        refs={refs({ saveTokens, createPaymentSession })}
        expectedMs={expected.saveTokens + expected.createPaymentSession}
      />
    </main>
  );
}
