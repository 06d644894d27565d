// Converts the body of a durable call for the outbox: a string, or the parts of a form, `[name, string or file]`. A
// file is stored as `{ bytes, name, type, lastModified }`, because WebKit stores no Blob in a private window, and a
// file on the disk may change. Earlier versions of the package stored a `File`. Knows nothing of records.

import { Blob, File, FormData } from "../page/globals.js";

/**
 * Promises the parts of a form, or of an array of such parts, with every file read. Rejects if a file cannot be read.
 */
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

/** Returns true for the parts of a form, false for a string, undefined for anything else. */
export function isForm(body) {
  if (typeof body === "string") return false;
  const isFile = (value) => value instanceof Blob || (value?.bytes instanceof ArrayBuffer && typeof value.name === "string");
  const isPart = (part) => Array.isArray(part) && typeof part[0] === "string" && (typeof part[1] === "string" || isFile(part[1]));
  return Array.isArray(body) && body.every(isPart) ? true : undefined;
}
