import { Leave } from "./leave";
import { LeaveByThrowing } from "./leave-by-throwing";

export default function Page() {
  return (
    <>
      <h1>Here</h1>
      <Leave />
      <LeaveByThrowing />
    </>
  );
}
