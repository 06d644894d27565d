/** The empty slot, while no photo is open. */
export default function Closed() {
  return null;
}
