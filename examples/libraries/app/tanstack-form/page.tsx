"use client";
import { initialFormState, mergeForm, useForm, useStore, useTransform } from "@tanstack/react-form-nextjs";
import { isActionError, withOptions } from "actionlane/next";
import { useActionState, useRef } from "react";
import { signUp } from "./actions";
import { options } from "./options";

export default function Page() {
  const controller = useRef<AbortController>(null);
  const [state, action, isPending] = useActionState(async (previous: unknown, form: FormData) => {
    const { signal } = (controller.current = new AbortController());
    try {
      return await withOptions(signUp, { lane: "sign-up", signal })(previous, form);
    } catch (error) {
      if (!isActionError(error)) throw error;
      return { ...initialFormState, errorMap: { onServer: error.code }, errors: [error.code] };
    }
  }, initialFormState);
  const form = useForm({ ...options, transform: useTransform((base) => mergeForm(base, state), [state]) });
  const errors = useStore(form.store, ({ errors }) => errors);
  return (
    <form action={action} onSubmit={() => form.handleSubmit()}>
      {errors.map((error) => <p key={String(error)} role="alert">{String(error)}</p>)}
      <form.Field name="name" validators={{ onChange: ({ value }) => (value.length < 3 ? "Three letters at least" : undefined) }}>
        {(field) => (
          <>
            <input name={field.name} value={field.state.value} onChange={(event) => field.handleChange(event.target.value)} />
            {field.state.meta.errors.map((error) => <p key={error} role="alert">{error}</p>)}
          </>
        )}
      </form.Field>
      <form.Subscribe selector={({ canSubmit }) => canSubmit}>{(can) => <button disabled={!can}>Sign up</button>}</form.Subscribe>
      <button type="button" onClick={() => controller.current?.abort()}>Cancel</button>
      <p>{isPending ? "runs" : "idle"}</p>
    </form>
  );
}
