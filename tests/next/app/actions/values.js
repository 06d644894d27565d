"use server";

import { headers } from "next/headers";
import { describe as describeValue, sampleOf } from "../values";

export async function none() {}

export async function echo(...values) {
  return values;
}

export async function same(value) {
  return value;
}

/** Declares two parameters: what else is sent shows whether the client leaves it out. */
export async function two(first, second) {
  return [first, second];
}

/** The type of each argument as the server saw it, with contents where the type has some. */
export async function describe(...values) {
  return Promise.all(values.map(describeValue));
}

/** One value of a kind: `date`, `map`, `blob`, …; see `values.js`. */
export async function sample(kind) {
  return sampleOf(kind);
}

/** A string of `length` characters. */
export async function big(length) {
  return "x".repeat(length);
}

export async function headersSeen() {
  return Object.fromEntries(await headers());
}

/** A function of the server's, with a bound argument. */
export async function makeAdder(n) {
  return add.bind(null, n);
}

export async function add(a, b) {
  return a + b;
}

/** Calls the function of the server's that it was given. */
export async function callBack(callback, ...values) {
  return callback(...values);
}

export async function element(text) {
  return <b title={text}>{text}</b>;
}
