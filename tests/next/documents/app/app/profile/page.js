import { keepPhoto } from "../contact/actions";

export default function Profile() {
  return <form action={keepPhoto}><button>Upload</button></form>;
}
