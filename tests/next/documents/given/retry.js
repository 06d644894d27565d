export const values = ({ refs, query }) => ({ saveNote: refs.saveNote.id, text: query.text });
