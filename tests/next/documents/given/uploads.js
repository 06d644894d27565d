export const values = ({ refs }) => ({ ids: { upload: refs.upload.id } });
