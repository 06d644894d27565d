import { state } from "actionlane/state";
import { d } from "@/lib/dispatcher";

export const values = ({ refs }) => ({ d, cart: state(d, refs.addItem, { items: [] }, ({ items }, item) => ({ items: [...items, item] })) });
