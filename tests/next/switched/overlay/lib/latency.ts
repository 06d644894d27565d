import { gate, gates } from "./gates";

/** Stands in for the slow network: waits until the test opens the gate of the call. */
export async function latency(actionName: string, inputs: unknown[]) {
  const name = [actionName, ...inputs.map((input) => JSON.stringify(input))].join(" ");
  gates.arrived.push(name);
  await gate(name).promise;
}
