/** A layout with a slot in which a photo opened from here lies over the page. */
export default function Layout({ children, modal }) {
  return (
    <>
      {children}
      {modal}
    </>
  );
}
