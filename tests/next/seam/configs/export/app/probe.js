"use client";

import { useEffect } from "react";

export function Probe() {
  useEffect(() => {
    window.hydrated = true;
  }, []);
  return null;
}
