// For a `<script>`: one file, the wasm inside, `window.actionlane`. Built into dist/actionlane.js.
import * as actionlane from "./inline.js";

globalThis.actionlane = actionlane;
