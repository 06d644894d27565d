/** Formats a time with three significant digits, as the reader's language writes numbers: `384 ms`, `2.69 s`. */
export function duration(ms: number, locale: string): string {
  return ms < 999.5
    ? `${number(ms, locale, 0)} ms`
    : `${number(ms / 1000, locale, 2)} s`;
}

export function number(value: number, locale: string, digits: number): string {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Fills the holes of a text: `fill("{way} is ready", { way: "Next.js" })`. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole);
}
