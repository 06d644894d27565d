/** Types of `actionlane/forms`: Next's forms on pages without React. See `docs/forms.md`. */

import type { ActionError, Dispatcher, FormOptions, Outcome } from "./index.js";

export type { FormOptions };

/** `detail` of `actionlane:submit`. Listeners may change `formData` and `options`. */
export interface FormSubmitDetail {
  /** The form's entries, without the fields that Next has put into it. */
  readonly formData: FormData;
  /** The button that submitted; null for none. */
  readonly submitter: HTMLElement | null;
  /** The options of this submission: those of the binding, with those of the form. */
  options: FormOptions;
}

/** `detail` of `actionlane:result`. Listeners may change `reset`. */
export interface FormResultDetail<R = unknown> {
  /** The result of the action: for a form of `useActionState`, its new state. */
  readonly value: R;
  readonly outcome: Outcome<R>;
  readonly submitter: HTMLElement | null;
  readonly actionId: string;
  /** True if the form is reset after the event. */
  reset: boolean;
}

/** `detail` of `actionlane:error`. The form is as it was before the submission. */
export interface FormErrorDetail {
  readonly error: ActionError;
  readonly submitter: HTMLElement | null;
  /** Id of the action; absent if the form's fields were not read. */
  readonly actionId?: string;
}

/** Events of a bound form. They bubble. */
export interface FormEventMap {
  /** Before a submission is sent. With `preventDefault()` nothing is sent, by the browser neither. */
  "actionlane:submit": CustomEvent<FormSubmitDetail>;
  /** The action has returned. */
  "actionlane:result": CustomEvent<FormResultDetail>;
  /** The action has thrown, or its answer did not come. A submission that `strategy` drops or replaces has none. */
  "actionlane:error": CustomEvent<FormErrorDetail>;
}

declare global {
  interface GlobalEventHandlersEventMap extends FormEventMap {}
}

/**
 * Sends the submissions of Next's forms below `root` through the dispatcher: those that Next has rendered for a Server
 * Action, and buttons with one, also if they come later. Other forms are left alone, and so are those that React has
 * hydrated. Returns the function that ends it.
 *
 * A form of `useActionState` keeps its state: the next submission sends it. Elements `[data-state-for="id"]`, with the
 * id of a form, show it as text; `data-state="error.message"` names the part of it that is shown.
 *
 * The names of entries depend on the version of Next, which pages without React do not say. Give it to the dispatcher
 * as `nextVersion` for forms with files on a server of 15.0 to 15.5.15, or of 16.0 to 16.2.4. Entries of forms without
 * files are sent under the names of all versions; actions of Next 14 are known by their ids.
 *
 * While a call is pending its form has `aria-busy="true"` and `data-pending`.
 *
 * A submission that cannot be prepared is left to the browser, which posts the form as without this script. On a page
 * without a router, an answer that revalidated loads the page again and morphs the document into it, unless a listener
 * of `actionlane:refresh` calls `preventDefault()`.
 *
 * Throws `INVALID_OPTION` for a wrong option.
 *
 * @example
 * ```ts
 * import { createDispatcher } from "actionlane";
 * import { bindForms } from "actionlane/forms";
 *
 * const unbind = bindForms(createDispatcher(), document, { lane: "forms" });
 * document.addEventListener("actionlane:error", ({ detail }) => alert(detail.error.message));
 * ```
 */
export function bindForms(
  d: Pick<Dispatcher, "bindForms">,
  root?: Document | ShadowRoot | Element,
  options?: FormOptions,
): () => void;
