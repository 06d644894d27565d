// What is measured: made from a fixed seed, so that every run measures the same.

let seed = 1;

function random(below) {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed % below;
}

function word() {
  return Array.from({ length: 3 + random(8) }, () => String.fromCharCode(97 + random(26))).join("");
}

const list = (length, item) => Array.from({ length }, (_, n) => item(n));
const date = () => new Date(1.6e12 + random(1e9) * 100);

/** About 1 MB each, but for the small ones. `h` is React's `createElement`. */
export function values(h) {
  seed = 1;
  const pool = list(500, (id) => ({ id, name: word() + word() }));
  const item = (n) =>
    h("li", { className: "item flex gap-2 p-4", key: n }, h("a", { href: `/p/${n}`, className: "text-blue-600 underline" }, word()),
      h("span", { className: "ml-auto" }, `${word()} ${word()}`), h("button", { type: "button", disabled: n % 2 === 0, "aria-label": `buy ${n}` }, "Buy"));
  const section = (n) => h("section", { className: "section", id: `s${n}`, key: n }, h("h2", null, word()), h("ul", null, list(20, (i) => item(n * 20 + i))));
  return {
    plain: list(7200, (id) => ({
      id, name: `${word()} ${word()}`, email: `${word()}@example.com`, age: random(90), active: !!random(2), tags: [word(), word(), word()], score: random(10000) / 100,
    })),
    "dates and bigints": list(12000, (id) => ({ id, at: date(), updated: date(), amount: BigInt(random(1e9)) * 1000003n })),
    mixed: list(7600, (id) => ({
      id, name: word(), at: date(), n: BigInt(random(1e9)), none: undefined, nan: NaN, price: `$${random(100)}.00`, note: `${word()} ${word()}`, t: [1, word(), null],
    })),
    "maps and sets": list(2500, (n) => ({ m: new Map([["a", n], ["b", word()], [word(), { x: 1 }]]), s: new Set([n, word(), word()]) })),
    references: { pool, users: list(13000, (id) => ({ id, label: word(), of: pool[random(500)] })) },
    "rendered page": h && h("main", null, list(85, section)),
    "small result": { ok: true, id: word(), items: [1, 2, 3] },
  };
}

/** The arguments of calls. */
export function argumentLists() {
  const { plain, mixed, "dates and bigints": dates, "maps and sets": maps, references } = values();
  const form = new FormData();
  for (const name of ["name", "email", "note"]) form.append(name, word());
  return {
    "3 small arguments": [4200, "token", { currency: "EUR" }],
    "small form": [{ previous: "state" }, form],
    plain: [plain],
    "dates and bigints": dates.slice(0, 9000).map((row) => ({ ...row })).reduce((rows, row) => (rows[0].push(row), rows), [[]]),
    mixed: [mixed],
    "maps and sets": [maps],
    references: [references],
  };
}
