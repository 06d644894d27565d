import { select } from "@/lib/database";
import { Todos } from "./todos";

export const dynamic = "force-dynamic";

export default async function Page() {
  return <Todos todos={await select("todos")} />;
}
