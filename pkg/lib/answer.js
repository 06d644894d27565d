export const MORE = 0, VALUE = 1, THROWN = 2, RICH = 3;
export class PlainAnswer {
  pieces = [];
  push(bytes) { this.pieces.push(bytes); return RICH; }
}
