import { formOptions } from "@tanstack/react-form-nextjs";

export const options = formOptions({ defaultValues: { name: "" } });
