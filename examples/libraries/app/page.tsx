export default function Page() {
  return <p>Hold the database, then call actions: what runs, waits and ends is on the page of each library.</p>;
}
