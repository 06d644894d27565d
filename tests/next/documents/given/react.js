export const props = ({ todos }) => ({ text: "a draft", todos });
