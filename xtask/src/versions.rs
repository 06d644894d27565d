//! The versions of every tool fetched from here. Those from npm are in `pkg/package.json` and `www/package.json`.

/// A program built from crates.io.
pub(crate) struct Tool {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    /// What it installs.
    pub(crate) programs: &'static [&'static str],
}

/// Its version must be that of the `wasm-bindgen` crate in `Cargo.lock`.
pub(crate) const WASM_BINDGEN: Tool =
    Tool { package: "wasm-bindgen-cli", version: "0.2.130", programs: &["wasm-bindgen", "wasm-bindgen-test-runner"] };

pub(crate) const CARGO_FUZZ: Tool = Tool { package: "cargo-fuzz", version: "0.13.2", programs: &["cargo-fuzz"] };

/// It drives every Firefox from 115 on.
pub(crate) const GECKODRIVER: Tool = Tool { package: "geckodriver", version: "0.37.1", programs: &["geckodriver"] };

pub(crate) const WASM_PACK: Tool = Tool { package: "wasm-pack", version: "0.15.1", programs: &["wasm-pack"] };

/// The oldest Node.js everything here runs on.
pub(crate) const NODE_MAJOR: u32 = 20;

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
