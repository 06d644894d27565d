import * as actions from "./actions";
import { Pending, Stateful } from "./stateful";
import { run, state } from "./state";

export const dynamic = "force-dynamic";

/** Every kind of form that works without script. The id of a form names it. */
export default function Page() {
  const secret = "kept on the server";

  async function closure(form) {
    "use server";
    await run("closure", form, { bound: [secret] });
    return { saved: "closure" };
  }

  const bound = actions.saveBound.bind(null, "one", new Map([["two", 2n]]));
  return (
    <main>
      <h1>forms</h1>
      <p id="saves">{state().saves}</p>
      <Form name="plain" action={actions.save}>
        <input type="checkbox" name="tag" value="a" defaultChecked />
        <input type="checkbox" name="tag" value="b" defaultChecked />
        <input type="checkbox" name="tag" value="c" />
        <select name="size" multiple defaultValue={["s", "l"]}><option>s</option><option>m</option><option>l</option></select>
        <textarea name="note" defaultValue={"two\nlines, and ümlaute"} />
        <input name="off" defaultValue="not sent" disabled />
      </Form>
      <Form name="bound" action={bound} />
      <Form name="closure" action={closure} />
      <Stateful name="state" action={actions.saveState} />
      <Stateful name="stateBound" action={actions.saveStateBound.bind(null, "first")} />
      <Stateful name="stateGo" action={actions.saveStateAndGo} />
      <Stateful name="permalink" action={actions.saveState} permalink="/kept" />
      <Form name="buttons" action={actions.save}>
        <button id="other" formAction={actions.saveOther}>other</button>
        <button id="boundButton" formAction={bound}>bound</button>
      </Form>
      <Form name="outside" action={actions.save} />
      <button id="outsideButton" form="outside" name="pressed" value="from outside">outside</button>
      <button id="outsideOther" form="outside" formAction={actions.saveOther}>other, outside</button>
      <Form name="files" action={actions.save}>
        <input name="file" type="file" />
        <input name="many" type="file" multiple />
      </Form>
      <dialog id="dialog">
        <Form name="inDialog" action={actions.save}>
          <button id="cancel" formMethod="dialog" value="cancelled">cancel</button>
        </Form>
      </dialog>
      <Form name="go" action={actions.saveAndGo}><input name="to" defaultValue="/target?from=form" /></Form>
      <Form name="cookies" action={actions.saveCookies}><input name="flavour" defaultValue="lemon" /></Form>
      <Form name="fresh" action={actions.saveFresh} />
      <Form name="throw" action={actions.saveAndThrow} />
      <Form name="miss" action={actions.saveAndMiss} />
      <Form name="required" action={actions.save}><input name="needed" required /></Form>
      <Stateful name="safe" action={actions.saveSafe} initial={{}}>
        <input name="email" defaultValue="nonsense" />
        <p data-error-for="email" />
        <input name="owner.name" />
        <p data-error-for="owner.name" />
      </Stateful>
      <Stateful name="zod" action={actions.saveZod} initial={{}}>
        <input name="email" defaultValue="nonsense" />
        <p data-error-for="email" />
      </Stateful>
    </main>
  );
}

function Form({ name, action, children }) {
  return (
    <form id={name} action={action}>
      <input name="text" defaultValue={`text of ${name}`} />
      {children}
      <button name="pressed" value="yes">{name}</button>
      <Pending />
    </form>
  );
}
