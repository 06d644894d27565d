// Says what must hold of each configuration of `configs/`. A directory there lies over the app.

const ALIAS = /"[^"]*mine\.js" stands in for next\/dist\/client\/app-call-server\.js, and so does withActionlane\(\)/;

/**
 * By name: `checks`, files of `checks/`; `base`, the `basePath`; `assets`, the `assetPrefix`; `bare`, nothing of the
 * app itself is in it; `server`, the way of serving it if that is not `next start`; `zone`, the configuration that is
 * shown on its origin; `fails`, the message with which the build must end instead; `says`, a warning that the build
 * must give once; `versions`, `bundlers`, those that it is for; `redeploys`, an open page is checked after another
 * deployment; `seam`, the way of building.
 */
export const CONFIGS = {
  plain: { checks: ["actions", "lanes", "fetch", "freshness", "loading", "names", "references", "hooks", "transitions", "arguments", "observe", "development"], redeploys: true },
  mixed: { base: "/base", assets: "/assets", checks: ["actions", "mixed", "names", "observe"] },
  zones: { zone: "mixed", checks: ["actions", "zones"] },
  "pages-i18n": { checks: ["actions", "pages-i18n"] },
  standalone: { server: "standalone", checks: ["actions"] },
  export: { server: "files", bare: true, checks: ["export"] },
  disabled: { checks: ["own-way"] },
  offline: { versions: ["16.4"], says: "experimental.useOffline is on", checks: ["own-way"] },
  concurrent: { versions: ["16.4"], says: "experimental.concurrentRouterQueue is on", checks: ["concurrent"] },
  alias: { fails: ALIAS },
  "alias-outside": { fails: ALIAS },
  unknown: { versions: ["14.2"], bundlers: ["webpack"], fails: /Next 14\.2\.\d+ is older than 15\.5, the first version that it fits\. Call actions with d\.call\(id, args\)/ },
};

/** The port of the app that another app shows as a zone: a build writes it down. */
export const ZONE_PORT = 28473;
