export const values = ({ refs }) => ({ ids: { search: refs.search.id } });
