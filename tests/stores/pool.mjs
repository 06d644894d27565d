// Makes pools of connections to PostgreSQL that outlive the server. Starts no server.
import pg from "pg";

/**
 * Returns a pool that a server may end. Without a listener, the error of an idle connection would end the process, also
 * when the pool has ended: its last connection may end after it.
 */
export const poolOf = (connectionString, options) => new pg.Pool({ connectionString, ...options }).on("error", () => {});
