// Policies that are there before hydration, if the address asks for them.
import { configureActions } from "actionlane/next";

/** Written out, as apps do: the build reads the names of policies here. */
const CART = { "app/cart/actions#remove": { lane: "cart" } };

const wanted = JSON.parse(new URLSearchParams(location.search).get("policies"));
if (wanted) configureActions(wanted === "cart" ? CART : wanted);
