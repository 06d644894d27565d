// Actions that take or return values of each kind.
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

/** Declares two parameters, so that a test sees if the client drops further arguments. */
export async function two(first, second) {
  return [first, second];
}

/** Describes each argument as the server has read it: its type, and its contents if it has any. */
export async function describe(...values) {
  return Promise.all(values.map(describeValue));
}

/** Returns a value of one kind: `date`, `map`, `blob`, …; see `values.js`. */
export async function sample(kind) {
  return sampleOf(kind);
}

/** Returns a string of `length` characters. */
export async function big(length) {
  return "x".repeat(length);
}

export async function headersSeen() {
  return Object.fromEntries(await headers());
}

/** Returns a function of the server with a bound argument. */
export async function makeAdder(n) {
  return add.bind(null, n);
}

export async function add(a, b) {
  return a + b;
}

/** Calls a function of the server that it gets as an argument. */
export async function callBack(callback, ...values) {
  return callback(...values);
}

export async function element(text) {
  return <b title={text}>{text}</b>;
}
