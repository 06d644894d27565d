// The clients that people have, with their own types, are clients of the stores. The compiler checks it; nothing runs.
import { Redis as Upstash } from "@upstash/redis";
import { createClient as createKv } from "@vercel/kv";
import { sql as drizzleSql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import { Cluster, Redis } from "ioredis";
import { Redis as Redis6 } from "ioredis-6";
import postgres from "postgres";
import { createClient, createCluster, createClientPool } from "redis";
import { createClient as createClient6 } from "redis-6";
import { postgresStore } from "../../pkg/server/postgres.js";
import { redisStore } from "../../pkg/server/redis.js";

redisStore(createClient());
redisStore(createClient6());
redisStore(createCluster({ rootNodes: [] }));
redisStore(createClientPool());
redisStore(new Redis());
redisStore(new Redis6());
redisStore(new Cluster([]));
redisStore(new Upstash({ url: "", token: "" }));
redisStore(createKv({ url: "", token: "" }));

const sql = postgres("");
const store = postgresStore(sql);
void sql.begin((tx) => store.in(tx).claim("", { token: "", fingerprint: null, leaseMs: 1 }));
const db = drizzle(sql);
const over = postgresStore(db, { sql: drizzleSql });
void db.transaction(async (tx) => void over.in(tx));
