import { Newsletter } from "@/blocks/forms/2";

export const dynamic = "force-dynamic";

export default function Page() {
  return <Newsletter />;
}
