import { connection } from "next/server";
import { Tools } from "../../tools";
import { add } from "../../actions";
import { state } from "../../state";

export default async function Page({ params }) {
  await connection();
  const { lang } = await params;
  return (
    <main>
      <h1>{lang}</h1>
      <p id="data">{state.data}</p>
      <p id="env">{[process.env.INNER, process.env.OUTER, process.env.BY_WEBPACK].join(" ").trim()}</p>
      <Tools passed={add} />
    </main>
  );
}
