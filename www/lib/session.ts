import "server-only";

/** What is about to be paid. */
export interface Session {
  order: string;
  amount: number;
  currency: string;
}

/** A real shop would look it up by the visitor's cookie; here everybody buys the same thing. */
export async function currentSession(): Promise<Session> {
  return { order: "A-1042", amount: 49, currency: "EUR" };
}
