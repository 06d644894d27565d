// The body of a durable call as it lies in the outbox: a text, or the parts of a form, `[name, text or file]`. A file is
// `{ bytes, name, type, lastModified }`: WebKit stores no Blob in a private window, and a file on a disk may change. Earlier versions of this
// package have stored a `File`.

import { Blob, File, FormData } from "./platform.js";

/** The parts of a form, or of what was one, with every file read. Rejects where one cannot be. */
export function partsOf(form) {
  return Promise.all([...form].map(async ([name, value]) => {
    if (!(value instanceof Blob)) return [name, value];
    const { name: file, type, lastModified } = value;
    return [name, { bytes: await value.arrayBuffer(), name: file, type, lastModified }];
  }));
}

export function formOf(parts) {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, typeof value === "string" ? value : fileOf(value));
  return form;
}

const fileOf = ({ bytes, name, type, lastModified }) => new File([bytes], name, { type, lastModified });

/** Whether a body is the parts of a form, or a text; undefined for anything else. */
export function isForm(body) {
  if (typeof body === "string") return false;
  const isFile = (value) => value instanceof Blob || (value?.bytes instanceof ArrayBuffer && typeof value.name === "string");
  const isPart = (part) => Array.isArray(part) && typeof part[0] === "string" && (typeof part[1] === "string" || isFile(part[1]));
  return Array.isArray(body) && body.every(isPart) ? true : undefined;
}
