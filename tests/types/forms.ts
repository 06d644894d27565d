// Types of `actionlane/forms`: what the compiler must accept and refuse.

import { createDispatcher, type FormOptions } from "../../pkg/index.js";
import { bindForms, type FormErrorDetail } from "../../pkg/forms.js";

const d = createDispatcher();
const unbind: () => void = bindForms(d, document, { lane: "forms", showErrors: true, timeout: 5_000 });
const later: () => void = d.bindForms(document.querySelector("main")!, { resetOnSuccess: false });
d.bindForms();
unbind();
later();

document.addEventListener("actionlane:submit", (event) => {
  const { detail } = event;
  detail.options.idempotencyKey = true;
  detail.options = { ...detail.options, lane: detail.submitter?.dataset.lane ?? "forms" } satisfies FormOptions;
  detail.formData.set("sent", "now");
  // @ts-expect-error the entries can be changed, not replaced
  detail.formData = new FormData();
});
document.querySelector("form")!.addEventListener("actionlane:result", ({ detail }) => {
  detail.reset = false;
  const id: string = detail.actionId;
  const attempts: number = detail.outcome.attempts;
  // @ts-expect-error a result is unknown
  const name: string = detail.value.name;
  return [id, attempts, name];
});
const show = ({ error, actionId }: FormErrorDetail) => `${error.code} ${actionId ?? "?"}`;
document.addEventListener("actionlane:error", ({ detail }) => show(detail));

// @ts-expect-error all submissions would share the key
bindForms(d, document, { idempotencyKey: "k" });
// @ts-expect-error a submission has no such option
bindForms(d, document, { lanes: {} });
// @ts-expect-error the address is that of the form
bindForms(d, document, { url: "/" });
// @ts-expect-error a lane by the arguments
bindForms(d, document, { lane: () => "a" });
