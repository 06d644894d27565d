import { Queue } from "./queue";

export default function Page() {
  return (
    <>
      <Queue name="first" />
      <Queue name="second" />
      <Queue name="third" />
    </>
  );
}
