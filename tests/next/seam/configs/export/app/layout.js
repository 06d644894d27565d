import { Probe } from "./probe";

export default function Layout({ children }) {
  return (
    <html>
      <body>
        <Probe />
        {children}
      </body>
    </html>
  );
}
