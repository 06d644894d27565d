import { d } from "@/lib/dispatcher";

export const values = () => ({ dispatcher: d });
export const props = ({ refs }) => ({ actions: refs });
