// Tells the tokens that a hand-over sends to Next's reducer from the ids of actions: see `hand_over.js`. Knows no
// answers.

export const TOKEN = /^[\da-f]{2}-actionlane-/;
