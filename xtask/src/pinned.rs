//! Versions of the tools that xtask installs. Those from npm are in `pkg/package.json` and `www/package.json`.

/// A program built from crates.io.
pub(crate) struct Tool {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    /// Programs that it installs.
    pub(crate) programs: &'static [&'static str],
    /// Further arguments of `cargo install`. A program that runs seldom is built faster without optimization.
    pub(crate) arguments: &'static [&'static str],
}

const UNOPTIMIZED: &[&str] = &["--profile", "dev"];

/// The version must equal that of the `wasm-bindgen` crate in `Cargo.lock`. It talks to WebDrivers of this machine
/// only, so it needs no TLS.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    version: "0.2.130",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    arguments: &["--no-default-features", "--profile", "dev"],
};

pub(crate) const CARGO_FUZZ: Tool = Tool { package: "cargo-fuzz", version: "0.13.2", programs: &["cargo-fuzz"], arguments: UNOPTIMIZED };

/// Drives every Firefox from version 115 on.
pub(crate) const GECKODRIVER: Tool = Tool { package: "geckodriver", version: "0.37.1", programs: &["geckodriver"], arguments: UNOPTIMIZED };

/// Makes the pages of `cargo xtask site`.
pub(crate) const MDBOOK: Tool = Tool {
    package: "mdbook",
    version: "0.5.4",
    programs: &["mdbook"],
    arguments: &["--no-default-features", "--features", "search", "--profile", "dev"],
};

/// The oldest major version of Node.js on which everything runs.
pub(crate) const NODE_MAJOR: u32 = 20;

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
