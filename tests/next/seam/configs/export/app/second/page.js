export default function Page() {
  return <h1>second</h1>;
}
