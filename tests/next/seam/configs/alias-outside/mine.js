// Stands in for the file behind all calls of actions.
export const callServer = async () => "mine";
