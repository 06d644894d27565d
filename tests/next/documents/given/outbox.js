export const values = ({ refs, query }) => ({ user: { id: "u1" }, saveNote: refs.saveNote.id, text: query.text });
