export default async function Target({ searchParams }) {
  return <main><h1>target</h1><p id="query">{JSON.stringify(await searchParams)}</p></main>;
}
