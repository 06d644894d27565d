import "server-only";

/** The order that is about to be paid. */
export interface Session {
  order: string;
  amount: number;
  currency: string;
}

/** Returns the order. A real shop would find it by the visitor's cookie; here every visitor buys the same. */
export async function currentSession(): Promise<Session> {
  return { order: "A-1042", amount: 49, currency: "EUR" };
}
