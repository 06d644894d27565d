import { createDispatcher } from "actionlane";

export const values = ({ refs, query }) => ({
  d: createDispatcher(),
  SAVE: query.action ? refs[query.action].id : query.id,
  form: new FormData(),
  show: (text) => (window.shown = text),
});
