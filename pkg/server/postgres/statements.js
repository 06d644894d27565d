// The statements of the store in PostgreSQL, for one table. A row is absent once its time is over by the database's
// clock. Must not give a statement a name, nor need a session: PgBouncer gives each transaction another connection.
//
// A claim inside of a transaction is a lock for the id, exclusive, until the transaction ends; its row comes with the
// record. A claim outside takes the same lock shared, for one statement. None waits for the lock, and so none waits for
// the row of an open transaction.

/** Longest name in PostgreSQL, in characters: it cuts a longer one, which can then be that of another table. */
const LONGEST = 63;
const NAME = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?$/i;

/** Returns the statements for a table. */
export function statementsFor(table) {
  const parts = typeof table === "string" && NAME.test(table) ? table.split(".") : [];
  if (parts.length === 0 || parts.some((part) => part.length > LONGEST)) {
    throw new TypeError(`postgresStore: table is a name of letters, digits and _, at most ${LONGEST}, with or without its schema`);
  }
  const name = parts.map((part) => `"${part}"`).join(".");
  const suffix = "_until";
  const index = `"${parts.at(-1).slice(0, LONGEST - suffix.length)}${suffix}"`;
  const indexInSchema = [...parts.slice(0, -1).map((part) => `"${part}"`), index].join(".");
  const key = `hashtextextended('${table}:' || $1::text, 0)`;
  const until = (place) => `coalesce(clock_timestamp() + (${place}::text)::float8 * interval '1 millisecond', 'infinity')`;
  // The row is free, or the token has it without a record.
  const take = (record) => `ON CONFLICT (id) DO UPDATE
    SET token = excluded.token, fingerprint = excluded.fingerprint, until = excluded.until, record = ${record}
    WHERE c.until <= clock_timestamp() OR (c.token = excluded.token AND c.record IS NULL)`;
  const found = `CASE WHEN c.record IS NULL THEN 'running' ELSE 'done' END AS state, c.fingerprint, c.record`;
  const create = `CREATE TABLE IF NOT EXISTS ${name} (
  id text PRIMARY KEY,
  token text NOT NULL,
  fingerprint text,
  until timestamptz NOT NULL,
  record text
);
CREATE INDEX IF NOT EXISTS ${index} ON ${name} (until);
`;
  return {
    create,
    // Processes that start together would make the table together, of which PostgreSQL refuses one. With both there, no
    // statement runs: that for the index would wait for each open transaction that writes, and hold up the next.
    migrate: `DO $migrate$ BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('${table}', 0));
  IF to_regclass('${name}') IS NULL OR to_regclass('${indexInSchema}') IS NULL THEN
    ${create}
  END IF;
END $migrate$`,
    /** `id, token, fingerprint, lease`. No row: another claim came between; ask again. */
    claim: `WITH free AS MATERIALIZED (SELECT pg_try_advisory_xact_lock_shared(${key}) AS ok),
  mine AS (INSERT INTO ${name} AS c (id, token, fingerprint, until)
    SELECT $1::text, $2::text, $3::text, ${until("$4")} FROM free WHERE ok ${take("NULL")} RETURNING 1)
  SELECT 'claimed' AS state, NULL::text AS fingerprint, NULL::text AS record FROM mine
  UNION ALL SELECT ${found} FROM ${name} AS c WHERE c.id = $1::text AND c.until > clock_timestamp() AND NOT EXISTS (SELECT FROM mine)
  UNION ALL SELECT 'locked', NULL, NULL FROM free WHERE NOT ok`,
    /** `id`. What is there, and if this transaction has the lock; not asked for if a record is there. */
    lock: `SELECT ${found}, CASE WHEN c.record IS NULL THEN pg_try_advisory_xact_lock(${key}) END AS ok
  FROM (SELECT 1) AS one LEFT JOIN ${name} AS c ON c.id = $1::text AND c.until > clock_timestamp()`,
    /** `id`. */
    read: `SELECT ${found} FROM ${name} AS c WHERE c.id = $1::text AND c.until > clock_timestamp()`,
    /** `id, token, lease`. */
    renew: `UPDATE ${name} SET until = ${until("$3")}
  WHERE id = $1::text AND token = $2::text AND record IS NULL AND until > clock_timestamp() RETURNING 1 AS held`,
    /** `id, token, fingerprint, time, record`. */
    finish: `INSERT INTO ${name} AS c (id, token, fingerprint, until, record)
  VALUES ($1::text, $2::text, $3::text, ${until("$4")}, $5::text) ${take("excluded.record")} RETURNING 1 AS stored`,
    /** `id, token`. */
    stored: `SELECT 1 AS stored FROM ${name} WHERE id = $1::text AND token = $2::text AND record IS NOT NULL`,
    /** `id, token`. */
    release: `DELETE FROM ${name} WHERE id = $1::text AND token = $2::text AND record IS NULL`,
    /** `limit`. */
    sweep: `WITH old AS (SELECT id FROM ${name} WHERE until <= clock_timestamp()
    ORDER BY until LIMIT ($1::text)::int FOR UPDATE SKIP LOCKED),
  gone AS (DELETE FROM ${name} AS c USING old WHERE c.id = old.id RETURNING 1)
  SELECT count(*)::int AS n FROM gone`,
  };
}
