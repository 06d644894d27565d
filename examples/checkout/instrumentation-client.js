import { configureActions } from "actionlane/next";

configureActions({ createPaymentSession: { lane: "payment", timeout: 10_000 } });
