export const lane = "none";
