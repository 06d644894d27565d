import { headers } from "next/headers";

/** Takes 300 ms: the cost of an answer that renders the page again. */
export default async function Layout({ children }) {
  await headers();
  await new Promise((resolve) => setTimeout(resolve, 300));
  return <section>{children}</section>;
}
