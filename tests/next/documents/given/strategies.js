export const values = ({ refs, query }) => ({ ids: { search: refs.search.id }, text: query.text });
