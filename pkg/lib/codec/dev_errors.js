// Holds the details of a thrown error that a development server sends besides message and digest, until the error
// is made. Makes no error itself.

/** The details that become own properties of the error. */
export const DETAILS = ["cause", "errors"];

class ErrorDetails {
  constructor(more, environment) {
    for (const name of DETAILS) if (more && Object.hasOwn(more, name)) this[name] = more[name];
    if (environment !== undefined) this.environmentName = environment;
  }
}

/** Makes the details; `error` of `shapes.js` puts them into the error. */
export const told = (more, environment) => new ErrorDetails(more, environment);

export const isErrorDetails = (value) => value instanceof ErrorDetails;
