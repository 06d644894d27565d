import { db } from "@/lib/db";
import { renameUser } from "./actions";
import { Rename } from "./rename";
import { RenameById } from "./rename-by-id";

export const dynamic = "force-dynamic";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <>
      <h1>{db.users[id]}</h1>
      <Rename rename={renameUser.bind(null, id)} />
      <RenameById id={id} />
    </>
  );
}
