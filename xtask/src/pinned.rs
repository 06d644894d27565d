//! Versions of the tools that xtask installs. Those from npm are in `pkg/package.json` and `www/package.json`.

/// A program built from crates.io.
pub(crate) struct Tool {
    pub(crate) package: &'static str,
    pub(crate) version: &'static str,
    /// Programs that it installs.
    pub(crate) programs: &'static [&'static str],
}

/// The version must equal that of the `wasm-bindgen` crate in `Cargo.lock`.
pub(crate) const WASM_BINDGEN: Tool =
    Tool { package: "wasm-bindgen-cli", version: "0.2.130", programs: &["wasm-bindgen", "wasm-bindgen-test-runner"] };

pub(crate) const CARGO_FUZZ: Tool = Tool { package: "cargo-fuzz", version: "0.13.2", programs: &["cargo-fuzz"] };

/// Drives every Firefox from version 115 on.
pub(crate) const GECKODRIVER: Tool = Tool { package: "geckodriver", version: "0.37.1", programs: &["geckodriver"] };

pub(crate) const WASM_PACK: Tool = Tool { package: "wasm-pack", version: "0.15.1", programs: &["wasm-pack"] };

/// Makes the pages of `cargo xtask site`.
pub(crate) const MDBOOK: Tool = Tool { package: "mdbook", version: "0.5.4", programs: &["mdbook"] };

/// The oldest major version of Node.js on which everything runs.
pub(crate) const NODE_MAJOR: u32 = 20;

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
