import { saveState } from "../actions";
import { Stateful } from "../stateful";

export const dynamic = "force-dynamic";

/** Has the same form as the first page, whose permalink leads here. */
export default function Kept() {
  return <main><h1>kept</h1><Stateful name="permalink" action={saveState} permalink="/kept" /></main>;
}
