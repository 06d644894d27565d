// Reads what the pages give to the code of documents: references to the actions, and data.
import { refs } from "actionlane/server";
import * as actions from "@/app/actions";
import { state } from "@/state";

export const serverData = () => ({ refs: refs(actions), todos: state.todos });
