import { db } from "@/lib/db";
import { Clear } from "./clear";
import { TodoList } from "./todo-list";

export const dynamic = "force-dynamic";

export default function Page() {
  return (
    <>
      <TodoList todos={db.todos} />
      <Clear />
    </>
  );
}
