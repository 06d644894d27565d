export class Reach { push() { return true; } }
