"use server";
import { idempotencyKey, idempotent } from "actionlane/server";
import { headers } from "next/headers";
import { insert, results, select } from "@/lib/database";
import { type SignUp, signUpSchema } from "./schema";

export async function signUp(values: SignUp): Promise<{ taken: boolean }> {
  const { email } = signUpSchema.parse(values);
  const key = idempotencyKey({ user: null, action: "signUp", headers: await headers(), fingerprint: email });
  return idempotent(key, async () => {
    if ((await select("users")).includes(email)) return { taken: true };
    await insert("users", email);
    return { taken: false };
  }, results);
}
