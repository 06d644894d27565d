export const values = ({ refs }) => ({ id: refs.saveForm.id, form: new FormData() });
