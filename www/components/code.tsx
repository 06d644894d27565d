/** Shows lines of code. A long one is wrapped where a bracket begins or ends arguments; options of lanes are marked. */
export function Code({ lines }: { lines: string[] }) {
  return (
    <pre>
      {lines.map((line) => (
        <code key={line}>{line.split(/(?<=\(|\], )/).map(shown)}</code>
      ))}
    </pre>
  );
}

function shown(part: string, index: number) {
  if (index === 0) return part;
  const texts = part.split(/(\{ lane: .*? \})/).map((text, at) => (at % 2 === 1 ? <mark key={at}>{text}</mark> : text));
  return [<wbr key={`before ${index}`} />, <span key={index}>{texts}</span>];
}
