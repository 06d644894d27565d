// The server work of the payment page, with delays that stand for real work.
import "server-only";

/**
 * Returns the ms that the two pieces of server work take, read at each call. The first is that of a server that has
 * just started.
 */
export function delays() {
  return {
    saveTokens: milliseconds("SAVE_TOKENS_MS", 2300),
    createPaymentSession: milliseconds("PAYMENT_SESSION_MS", 380),
  };
}

export interface PaymentSession {
  sessionId: string;
  amount: number;
  currency: string;
  expiresAt: Date;
}

/** Does the work itself: one implementation, which a Server Action and a route handler call. */
export async function openPaymentSession(amount: number, idToken: string): Promise<PaymentSession> {
  if (!Number.isFinite(amount) || amount <= 0) throw new Error("the amount must be positive");
  if (!idToken) throw new Error("an id token is needed");
  await pause(delays().createPaymentSession);
  return {
    sessionId: `ps_${crypto.randomUUID().slice(0, 8)}`,
    amount,
    currency: "EUR",
    expiresAt: new Date(Date.now() + 15 * 60_000),
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function milliseconds(name: string, fallback: number): number {
  const text = process.env[name];
  if (!text) return fallback;
  const ms = Number(text);
  if (!Number.isFinite(ms) || ms < 0) throw new Error(`${name} must be a number of milliseconds, not "${text}"`);
  return ms;
}
