export default function Forbidden() {
  return <h1>Forbidden</h1>;
}
