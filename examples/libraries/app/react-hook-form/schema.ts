import { z } from "zod";

export const signUpSchema = z.object({
  email: z.string().email("No address"),
  name: z.string().min(3, "Three letters at least"),
});

export type SignUp = z.infer<typeof signUpSchema>;
