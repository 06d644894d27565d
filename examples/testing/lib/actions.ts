import * as Sentry from "@sentry/browser";
import { createDispatcher } from "actionlane";

const wanted = ["ABORTED", "CLEARED", "DROPPED", "REPLACED"]; // the page asked for these

export const actions = createDispatcher({
  hooks: {
    onError(error, { actionId, name = actionId }) {
      if (wanted.includes(error.code)) return;
      Sentry.captureException(error, { tags: { action: name, code: error.code, sent: error.sent } });
    },
  },
});
