// Generates the client of Prisma, once, into `target/`. Prisma 7 needs no engine of its own: its compiler of queries is
// WebAssembly in the package, and the connection is that of `pg`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const dir = path.join(here, "node_modules", ".prisma-of-tests");

/** Promises the class `PrismaClient`. */
export async function prismaClient() {
  const out = path.join(dir, "client");
  if (!existsSync(path.join(out, "index.js"))) {
    mkdirSync(dir, { recursive: true });
    const schema = path.join(dir, "schema.prisma");
    writeFileSync(schema, `generator client {
  provider = "prisma-client-js"
  output   = "./client"
}
datasource db {
  provider = "postgresql"
}
model Order {
  id String @id
}
`);
    const cli = path.join(here, "node_modules", "prisma", "build", "index.js");
    // The engine for migrations would be downloaded, and nothing here migrates.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" };
    execFileSync(process.execPath, [cli, "generate", "--schema", schema, "--no-hints"], { cwd: here, env, stdio: "pipe" });
  }
  return (await import(pathToFileURL(path.join(out, "index.js")))).default.PrismaClient;
}
