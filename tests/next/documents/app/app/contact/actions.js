"use server";

import { begin } from "@/state";

export async function send(form) {
  await begin("send", form);
  return `Thank you, ${form.get("name")}`;
}

export async function keepPhoto(form) {
  const photo = form.get("photo");
  await begin("keepPhoto", photo.name, photo.size);
}
