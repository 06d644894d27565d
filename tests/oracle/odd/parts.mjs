// The pieces that odd arguments are made of.

export class Point {
  constructor(x = 1) {
    this.x = x;
  }
}

export const throwing = () => {
  throw new RangeError("thrown on purpose");
};

export const own = (target, props) => Object.assign(target, props);
export const named = (name, value = {}) => Object.defineProperty(value, Symbol.toStringTag, { value: name });
export const stream = (start, more) => new ReadableStream({ start, ...more });
export const dom = (name) => document.createElement(name);
