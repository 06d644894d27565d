import { connection } from "next/server";
import { refs } from "actionlane/server";
import { Tools } from "./tools";
import { add, submit } from "./actions";
import { remove } from "./cart/actions";
import { ran, state } from "./state";

export default async function Page() {
  await connection();
  const secret = "closed over";
  async function closure(key) {
    "use server";
    ran(key);
    return secret;
  }
  let refused;
  try {
    refs({ closure });
  } catch ({ message }) {
    refused = message;
  }
  const { data } = state;
  state.renders += 1;
  return (
    <main>
      <h1>home</h1>
      <p id="data">{data}</p>
      <p id="text">{state.text ?? "none"}</p>
      <form action={submit} id="form">
        <input name="text" id="form-text" />
        <input name="key" defaultValue="form" />
        <button id="form-submit">submit</button>
      </form>
      <Tools passed={add} remove={remove} closure={closure} references={refs({ add, remove })} refused={refused} />
    </main>
  );
}
