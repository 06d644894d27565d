import { createDispatcher } from "actionlane";

export const d = createDispatcher();
