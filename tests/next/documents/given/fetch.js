export const values = ({ refs }) => ({ id: refs.search.id });
