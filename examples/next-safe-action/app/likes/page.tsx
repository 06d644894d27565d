import { db } from "@/lib/db";
import { Likes } from "./likes";

export const dynamic = "force-dynamic";

export default function Page() {
  return <Likes first={db.likes} />;
}
