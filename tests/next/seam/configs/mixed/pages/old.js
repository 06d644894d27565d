import { useEffect, useState } from "react";

export default function Old() {
  const [count, setCount] = useState(0);
  useEffect(() => {
    window.hydrated = true;
    window.fixture = {};
  }, []);
  return <button id="count" onClick={() => setCount(count + 1)}>{count}</button>;
}
