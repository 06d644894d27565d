import { headers } from "next/headers";

/** 300 ms: what an answer costs that renders the page again. */
export default async function Layout({ children }) {
  await headers();
  await new Promise((resolve) => setTimeout(resolve, 300));
  return <section>{children}</section>;
}
