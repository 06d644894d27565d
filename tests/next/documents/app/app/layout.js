import { Probe } from "./probe";

/** Keeps what the page prints, and passes it on. */
const PRINTED = `window.printed = []; for (const to of ["log", "error"]) { const print = console[to]; console[to] = (...values) => { window.printed.push([to, ...values]); print(...values); }; }`;

export default function Layout({ children }) {
  return (
    <html>
      <head>
        <script dangerouslySetInnerHTML={{ __html: PRINTED }} />
      </head>
      <body>
        {children}
        <Probe />
      </body>
    </html>
  );
}
