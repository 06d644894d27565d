import Link from "next/link";

const PAGES = ["greet", "search", "users/1", "todos", "likes", "leave"];

export default function Page() {
  return (
    <ul>
      {PAGES.map((page) => (
        <li key={page}>
          <Link href={`/${page}`}>{page}</Link>
        </li>
      ))}
    </ul>
  );
}
