import { createDispatcher } from "actionlane";

export const actions = createDispatcher();
