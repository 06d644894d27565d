// The two cookies of the payment page.
import "server-only";
import { cookies } from "next/headers";

const ID_TOKEN = "id_token";
const ACCESS_TOKEN = "access_token";

export async function writeTokens(idToken: string, accessToken: string): Promise<void> {
  const jar = await cookies();
  const options = { httpOnly: true, sameSite: "lax", path: "/" } as const;
  jar.set(ID_TOKEN, idToken, options);
  jar.set(ACCESS_TOKEN, accessToken, options);
}

/** Returns the tokens that this request carried. */
export async function readTokens() {
  const jar = await cookies();
  return { id_token: jar.get(ID_TOKEN)?.value ?? null, access_token: jar.get(ACCESS_TOKEN)?.value ?? null };
}

export async function clearTokens(): Promise<void> {
  const jar = await cookies();
  jar.delete(ID_TOKEN);
  jar.delete(ACCESS_TOKEN);
}
