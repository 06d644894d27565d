import { withActionlane } from "actionlane/next";

export default withActionlane({ reactStrictMode: true });
