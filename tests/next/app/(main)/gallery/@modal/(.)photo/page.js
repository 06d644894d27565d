export default function Page() {
  return <dialog open data-testid="dialog">the photo</dialog>;
}
