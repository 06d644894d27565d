"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { isActionError } from "actionlane/next";
import { useAction } from "actionlane/react";
import { useForm } from "react-hook-form";
import { signUp } from "./actions";
import { type SignUp, signUpSchema } from "./schema";

export default function Page() {
  const { executeAsync, abort } = useAction(signUp, { call: { lane: "sign-up", idempotent: true } });
  const { register, handleSubmit, setError, formState } = useForm<SignUp>({
    resolver: zodResolver(signUpSchema),
    defaultValues: { email: "", name: "" },
  });
  const { errors, isSubmitting, isSubmitSuccessful } = formState;

  const submit = handleSubmit(async (values) => {
    try {
      const { taken } = await executeAsync(values);
      if (taken) setError("email", { type: "server", message: "The address is taken" });
    } catch (error) {
      if (!isActionError(error)) throw error;
      setError("root.action", { type: error.code, message: error.sent === "no" ? "Nothing was sent" : "It may have run" });
    }
  });

  return (
    <form onSubmit={submit}>
      <input {...register("email")} />
      <p role="alert">{errors.email?.message}</p>
      <input {...register("name")} />
      <p role="alert">{errors.name?.message}</p>
      <button disabled={isSubmitting}>Sign up</button>
      {isSubmitting && <button type="button" onClick={() => abort()}>Cancel</button>}
      <p>{isSubmitting ? "runs" : isSubmitSuccessful ? "signed up" : "idle"}</p>
      <p>{errors.root?.action && `${errors.root.action.type}: ${errors.root.action.message}`}</p>
    </form>
  );
}
