"use client";
export { Pay } from "@/blocks/references/2";
