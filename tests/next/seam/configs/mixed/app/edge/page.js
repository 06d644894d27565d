import { state } from "../state";
import { Edge } from "./edge";

export const runtime = "edge";
export const dynamic = "force-dynamic";

export default function Page() {
  return (
    <main>
      <h1>edge</h1>
      <p id="data">{state.data}</p>
      <Edge />
    </main>
  );
}
