export default function There() {
  return <p id="there">You are there.</p>;
}
