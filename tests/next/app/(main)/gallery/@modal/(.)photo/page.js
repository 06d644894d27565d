/** The photo in a dialog over the gallery, as a soft navigation opens it. */
export default function Page() {
  return <dialog open data-testid="dialog">the photo</dialog>;
}
