// Keeps what a server in development tells of what it threw, beside message and digest, until an error is made of it.

/** Members of an error that are its own properties. */
export const MORE = ["cause", "errors"];

class Told {
  constructor(more, environment) {
    for (const name of MORE) if (more && Object.hasOwn(more, name)) this[name] = more[name];
    if (environment !== undefined) this.environmentName = environment;
  }
}

/** Such a thing: `shapes.js` makes the error of it. */
export const told = (more, environment) => new Told(more, environment);

export const isTold = (value) => value instanceof Told;
