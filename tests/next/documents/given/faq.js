export const values = ({ refs }) => ({ id: refs.createPaymentSession.id, token: "id token" });
