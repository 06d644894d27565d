// The values that are measured: the same ones every time.

/** Returns a function that gives numbers below `count`, in an order that never changes. */
function sequence() {
  let state = 12345;
  return (count) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % count;
  };
}

const many = (count, make) => Array.from({ length: count }, (_, at) => make(at));

function records(count) {
  const random = sequence();
  return many(count, (id) => ({
    id,
    name: `Customer ${random(100000)}`,
    email: `customer${id}@example.com`,
    active: random(2) === 0,
    score: random(100000) / 100,
    tags: many(random(4), () => `tag-${random(50)}`),
    address: { street: `${random(999)} Main Street`, city: "Springfield", zip: String(10000 + random(89999)), country: null },
  }));
}

/** About one megabyte of plain data. */
export const plain = () => records(5200);

/** 18 000 dates and as many bigints. */
export function dates() {
  const random = sequence();
  return many(18000, (at) => [new Date(1.6e12 + random(1e9) * 50), BigInt(random(2 ** 24)) * 1000003n + BigInt(at)]);
}

export function mixed() {
  const random = sequence();
  return many(5200, (at) => ({
    id: at,
    at: new Date(1.6e12 + random(1e9) * 50),
    amount: BigInt(random(2 ** 24)) * 1000003n,
    missing: [undefined, NaN, Infinity, -0][random(4)],
    note: random(3) === 0 ? `$${random(1000)} off` : `note ${random(1000)} on customer ${at}`,
    plain: { a: random(1000), b: `text ${random(1000)}`, c: [1, 2, 3], d: true },
    more: many(3, () => `word ${random(5000)}`),
  }));
}

/** 1 250 Maps and as many Sets. */
export function tables() {
  const random = sequence();
  return many(1250, (at) => ({
    map: new Map(many(5, (key) => [`key ${key}`, { value: random(1000) }])),
    set: new Set(many(5, (key) => at * 10 + key)),
  }));
}

/** 13 000 references to 500 objects. */
export function references() {
  const random = sequence();
  const shared = many(500, (id) => ({ id, name: `Shared ${id}`, price: random(10000) / 100 }));
  return { shared, rows: many(13000, (id) => ({ id, product: shared[random(500)], quantity: random(9) })) };
}

/** The value of a typical action: about 100 bytes as Next writes it. */
export const result = () => ({ ok: true, id: "pay_3f9a1c77", total: 1299, currency: "EUR" });

export const smallArguments = () => ["pay_3f9a1c77", 1299, { currency: "EUR", items: ["a", "b"], express: false }];
