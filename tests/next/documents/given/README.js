export const values = ({ refs }) => ({ id: refs.createPaymentSession.id });
