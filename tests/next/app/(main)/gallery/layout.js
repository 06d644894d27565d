/** A photo opened from here lies over the page, in a slot of its own. */
export default function Layout({ children, modal }) {
  return (
    <>
      {children}
      {modal}
    </>
  );
}
