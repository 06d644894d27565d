import { send } from "./actions";

/** A page that uses an action, for forms that Next does not render. */
export default function Contact() {
  return <form action={send}><button>Send</button></form>;
}
