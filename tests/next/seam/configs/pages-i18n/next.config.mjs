import { withActionlane } from "actionlane/next";
import { plain } from "./plain.config.mjs";

export default withActionlane({ ...plain, i18n: { locales: ["en", "de"], defaultLocale: "en" } });
