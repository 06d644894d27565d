export default function Page() {
  return <h1>target</h1>;
}
