// Gives a process React 18 instead of the newest: `node --import ./react_18.js`. Holds no test.
import Module, { register } from "node:module";

const OTHER = { react: "react-18", "react-dom": "react-dom-18" };
const other = (request) => request.replace(/^(react|react-dom)(?=\/|$)/, (name) => OTHER[name]);

const { _resolveFilename: resolveFilename } = Module;
Module._resolveFilename = (request, ...more) => resolveFilename(other(request), ...more);

const hooks = `
  const OTHER = ${JSON.stringify(OTHER)};
  const other = ${other};
  export const resolve = (request, context, next) => next(other(request), context);
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
