// Actions that set, delete and read cookies.
"use server";

import { cookies } from "next/headers";

/** Sets the cookie and returns its value. */
export async function setCookie(name, value) {
  (await cookies()).set(name, value, { path: "/" });
  return value;
}

/** Sets several cookies in one answer. */
export async function setCookies(entries) {
  const jar = await cookies();
  for (const [name, value] of Object.entries(entries)) jar.set(name, value, { path: "/" });
  return Object.keys(entries);
}

export async function deleteCookie(name) {
  (await cookies()).delete(name);
  return name;
}

/** Returns the cookie's value in the request, or null. */
export async function readCookie(name) {
  return (await cookies()).get(name)?.value ?? null;
}
