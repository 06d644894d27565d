import * as forms from "../../actions/forms";
import { Harness } from "../../harness";
import { Ids, idsOf } from "../../ids";
import { ServerState } from "../../server-state";
import { effect } from "../../state";
import { Stateful } from "./stateful";

/** Forms that work without script. Each has a text field `text` and a button with a value. */
export default function Page() {
  const secret = "kept on the server";

  async function closure(form) {
    "use server";
    effect(`closure:${secret}:${form.get("text")}`);
  }

  const ids = idsOf(forms);
  const bound = forms.saveBound.bind(null, "one", new Map([["two", 2n]]));
  return (
    <main>
      <h1>/forms</h1>
      <ServerState page="/forms" />
      <Form name="plain" action={forms.saveForm} />
      <Form name="bound" action={bound} />
      <Form name="closure" action={closure} />
      <Form name="go" action={forms.saveAndGo}><input name="to" defaultValue="/target?from=form" /></Form>
      <Form name="cookie" action={forms.saveCookie}><input name="flavour" defaultValue="lemon" /></Form>
      <Form name="miss" action={forms.saveAndMiss} />
      <Form name="throw" action={forms.saveAndThrow} />
      <Form name="file" action={forms.saveForm}><input name="file" type="file" /></Form>
      <Form name="buttons" action={forms.saveForm}>
        <button data-testid="other" formAction={forms.saveOther}>other</button>
        <button data-testid="bound" formAction={bound}>bound</button>
      </Form>
      <Stateful name="state" action={forms.saveState} />
      <Stateful name="stateBound" action={forms.saveStateBound.bind(null, "first")} />
      <Stateful name="stateGo" action={forms.saveStateAndGo} />
      <Stateful name="stateCookie" action={forms.saveStateAndCookie} />
      <Harness page="/forms" ids={ids} actions={{ ...forms }} />
      <Ids ids={ids} />
    </main>
  );
}

function Form({ name, action, children }) {
  return (
    <form id={name} action={action}>
      <input name="text" defaultValue={`text of ${name}`} />
      {children}
      <button name="pressed" value="yes" data-testid={`submit-${name}`}>{name}</button>
    </form>
  );
}
