import { select } from "@/lib/database";
import { Rename } from "./rename";

export const dynamic = "force-dynamic";

export default async function Page() {
  const names = await select("names");
  return (
    <>
      <p>Stored: {names.at(-1) ?? "no name"}</p>
      <Rename />
    </>
  );
}
