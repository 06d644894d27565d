/** Stands for a slow network. */
export async function latency(_actionName: string, _inputs: unknown[]) {
  await new Promise((resolve) => setTimeout(resolve, 600));
}
