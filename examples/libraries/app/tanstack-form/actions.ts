"use server";
import { ServerValidateError, createServerValidate, initialFormState } from "@tanstack/react-form-nextjs";
import { insert } from "@/lib/database";
import { options } from "./options";

const validate = createServerValidate({
  ...options,
  onServerValidate: ({ value }) => (value.name === "admin" ? "The name is taken" : undefined),
});

export async function signUp(previous: unknown, form: FormData) {
  try {
    const { name } = await validate(form);
    await insert("users", name);
    return initialFormState;
  } catch (error) {
    if (error instanceof ServerValidateError) return error.formState;
    throw error;
  }
}
