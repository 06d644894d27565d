export const values = ({ refs }) => ({ ids: { saveNote: refs.saveNote.id, search: refs.search.id } });
