//! The rows: one for each way in which a tool brings the package to a page or to a test.

/// An app, made as the tool's own introduction says, with no configuration.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    /// The row whose built app is used: usually the row itself.
    pub(super) built_as: &'static str,
    /// The directory of tests/apps/ that is copied.
    pub(super) app: &'static str,
    /// The commands that build the copy.
    pub(super) build: &'static [&'static [&'static str]],
    pub(super) runner: Runner,
}

/// Ways to run the checks of an app.
#[derive(Debug)]
pub(super) enum Runner {
    /// A page among the files below `root` runs them. `login` stands before the host in its address.
    Files { root: &'static str, page: &'static str, login: &'static str },
    /// The first page of a server that listens on `PORT` runs them.
    Server { command: &'static [&'static str] },
    /// The page `page.html` of a browser extension with this id runs them; the id follows from the key in its manifest.
    Extension { id: &'static str },
    /// Tests run them. The environment variable `ACTIONS` holds the address of the server for actions.
    Tests { command: &'static [&'static str] },
}

const fn page(
    name: &'static str,
    app: &'static str,
    build: &'static [&'static [&'static str]],
    root: &'static str,
    page: &'static str,
) -> Row {
    Row { name, built_as: name, app, build, runner: Runner::Files { root, page, login: "" } }
}

const fn server(name: &'static str, app: &'static str, build: &'static [&'static [&'static str]], command: &'static [&'static str]) -> Row {
    Row { name, built_as: name, app, build, runner: Runner::Server { command } }
}

/// Returns a row that uses the app of the row `webpack`.
const fn webpack(name: &'static str, runner: Runner) -> Row {
    Row { name, built_as: "webpack", app: "page", build: &[WEBPACK], runner }
}

const fn tests(name: &'static str, app: &'static str, command: &'static [&'static str]) -> Row {
    Row { name, built_as: name, app, build: &[], runner: Runner::Tests { command } }
}

const VITE_5: &str = "vite5/bin/vite.js";
const VITE_6: &str = "vite6/bin/vite.js";
const VITE_7: &str = "vite7/bin/vite.js";
const VITE_8: &str = "vite/bin/vite.js";
const WEBPACK: &[&str] = &["webpack", "--mode", "production"];
const INLINE_MODULES: &[&str] = &["esbuild", "src/inline.js", "--bundle", "--format=esm", "--splitting", "--outdir=dist"];
const WORKERD: &[&str] = &[
    "esbuild",
    "src/worker.js",
    "--bundle",
    "--format=esm",
    "--conditions=workerd",
    "--loader:.wasm=copy",
    "--asset-names=[name]",
    "--outfile=dist/worker.js",
];
const PACKAGE: &[&str] = &["cp", "-R", "../node_modules/actionlane", "actionlane"];
const JEST: &[&str] = &["jest", "--json", "--silent", "--ci"];
const START: &[&str] = &["next", "start", "--hostname", "127.0.0.1", "--port", "PORT"];

pub(super) const ROWS: [Row; 46] = [
    server("vite5-dev", "page", &[], &[VITE_5, "--host", "127.0.0.1", "--port", "PORT"]),
    page("vite5-build", "page", &[&[VITE_5, "build"]], "dist", ""),
    server("vite6-dev", "page", &[], &[VITE_6, "--host", "127.0.0.1", "--port", "PORT"]),
    page("vite6-build", "page", &[&[VITE_6, "build"]], "dist", ""),
    server("vite7-dev", "page", &[], &[VITE_7, "--host", "127.0.0.1", "--port", "PORT"]),
    page("vite7-build", "page", &[&[VITE_7, "build"]], "dist", ""),
    server("vite8-dev", "page", &[], &[VITE_8, "--host", "127.0.0.1", "--port", "PORT"]),
    page("vite8-build", "page", &[&[VITE_8, "build"]], "dist", ""),
    server("vite8-dev-worker", "worker", &[], &[VITE_8, "--host", "127.0.0.1", "--port", "PORT"]),
    page("vite8-build-worker", "worker", &[&[VITE_8, "build"]], "dist", ""),
    page("webpack", "page", &[WEBPACK], "", "classic.html"),
    page("webpack-dev", "page", &[&["webpack", "--mode", "development"]], "", "classic.html"),
    page("webpack-worker", "worker", &[WEBPACK], "", "classic.html"),
    webpack("webpack-other-origin", Runner::Files { root: "", page: "elsewhere.html", login: "" }),
    webpack("webpack-credentials", Runner::Files { root: "", page: "classic.html", login: "user:pw@" }),
    page("rspack", "page", &[&["rspack", "build", "--mode", "production"]], "", "classic.html"),
    page("esbuild", "page", &[&["esbuild", "src/index.js", "--bundle", "--outfile=dist/main.js"]], "", "classic.html"),
    page(
        "esbuild-modules",
        "page",
        &[&["esbuild", "src/index.js", "--bundle", "--format=esm", "--splitting", "--outdir=dist"]],
        "",
        "module.html",
    ),
    page(
        "esbuild-lean",
        "page",
        &[
            &["esbuild", "src/lean-named.js", "--bundle", "--outfile=dist/main.js"],
            &["cp", "../node_modules/actionlane/wasm/dispatcher_bg.wasm", "dist/dispatcher.wasm"],
            &["cp", "../node_modules/actionlane/wasm/flight_bg.wasm", "dist/flight.wasm"],
        ],
        "",
        "classic.html",
    ),
    page("webpack-lean", "page", &[&["webpack", "./src/lean.js", "--mode", "production"]], "", "classic.html"),
    page("rollup", "page", &[&["rollup", "src/index.js", "-p", "node-resolve", "-f", "es", "-d", "dist"]], "", "module.html"),
    page(
        "rollup-inline",
        "page",
        &[&["rollup", "src/inline.js", "-p", "node-resolve", "-f", "iife", "--inlineDynamicImports", "-o", "dist/main.js"]],
        "",
        "classic.html",
    ),
    page("parcel", "page", &[&["parcel", "build", "index.html", "--no-cache"]], "dist", ""),
    server("next-turbopack", "next", &[&["next", "build"]], START),
    server("next-webpack", "next", &[&["next", "build", "--webpack"]], START),
    page("script", "plain", &[PACKAGE], "", "script.html"),
    page("script-full", "plain", &[PACKAGE], "", "full.html"),
    page("inline-esbuild-modules", "page", &[INLINE_MODULES, &["mv", "dist/inline.js", "dist/index.js"]], "", "module.html"),
    page("import-map", "plain", &[PACKAGE], "", "import-map.html"),
    page("module-worker", "plain", &[PACKAGE], "", "worker.html"),
    server("workerd", "workerd", &[WORKERD], &["workerd", "serve", "config.capnp", "--socket-addr", "http=127.0.0.1:PORT"]),
    page("service-worker", "service-worker", &[&["esbuild", "src/worker.js", "--bundle", "--outfile=dist/worker.js"]], "", "index.html"),
    Row {
        name: "extension",
        built_as: "extension",
        app: "extension",
        build: &[&["esbuild", "src/main.js", "--bundle", "--outfile=dist/main.js"]],
        runner: Runner::Extension { id: "dmceicfagknblijajdfhffhbomaoadpn" },
    },
    page("astro", "astro", &[&["node24", "../node_modules/astro/bin/astro.mjs", "build"]], "dist", ""),
    page("sveltekit", "sveltekit", &[&["node24", "../node_modules/vite/bin/vite.js", "build"]], "build", ""),
    tests("node", "runtimes", &["node", "import.js"]),
    tests("node22", "runtimes", &["node22", "import.js"]),
    tests("node22-require", "runtimes", &["node22", "require.cjs"]),
    tests("node24", "runtimes", &["node24", "import.js"]),
    tests("node24-require", "runtimes", &["node24", "require.cjs"]),
    tests("deno", "runtimes", &["deno", "run", "--allow-all", "--node-modules-dir=manual", "import.js"]),
    tests("bun", "runtimes", &["bun", "import.js"]),
    tests("jest-next", "jest-next", JEST),
    tests("jest-babel", "jest-babel", JEST),
    tests("jest-esm", "jest-esm", &["node", "--experimental-vm-modules", "../node_modules/jest/bin/jest.js", "--json", "--silent", "--ci"]),
    tests("vitest", "vitest", &["vitest", "run", "--reporter=json"]),
];
