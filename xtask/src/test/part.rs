//! The parts of `cargo xtask test`.

use anyhow::Result;
use clap::ValueEnum;
use tokio::runtime::Runtime;

use super::{apps, boundary, documents, end_to_end, fuzzing, layout, lint, nexts, react, soaking, suites};

/// A part, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Formatting of every Rust file
    Fmt,
    /// Clippy on everything native
    Clippy,
    /// Clippy on the crate as it is compiled to wasm
    ClippyWasm,
    /// Rust tests, but those that need a browser
    Native,
    /// The native crate has nothing of the web in it; no file uses another that uses it, each says what it is for
    Boundary,
    /// Comments and documents: style, links, names, examples, and what rustdoc says
    Docs,
    /// The package: built, packed, checked from the packed file
    Build,
    /// The shared cases, in Node.js
    Node,
    /// The shared cases, in Chromium
    Chromium,
    /// The package's own tests, in Node.js
    Package,
    /// The type declarations, and the code in the documents
    Types,
    /// The package against React, in Node.js
    Oracle,
    /// Every fuzz target, for a short while, and the two name finders against each other
    Fuzz,
    /// Real pages on real servers, in Chromium
    E2e,
    /// Those of them that depend on the browser, in Firefox
    Firefox,
    /// Those of them that depend on WebKit, in WebKitGTK
    Webkit,
    /// The packed package in apps made by other people's tools, in Chromium and in test runners
    Apps,
    /// Calls by the thousand to a server that misbehaves, in Chromium
    Soak,
    /// Every kind of action under several versions of Next.js, beside Next's own client
    Nexts,
}

/// What a part did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// All that was printed. Shown when something failed.
    pub(crate) output: String,
}

impl Part {
    pub(crate) const ALL: [Self; 19] = [
        Self::Fmt,
        Self::Clippy,
        Self::ClippyWasm,
        Self::Native,
        Self::Boundary,
        Self::Docs,
        Self::Build,
        Self::Node,
        Self::Chromium,
        Self::Package,
        Self::Types,
        Self::Oracle,
        Self::Fuzz,
        Self::E2e,
        Self::Firefox,
        Self::Webkit,
        Self::Apps,
        Self::Soak,
        Self::Nexts,
    ];

    /// Its name on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What it is about.
    pub(crate) fn about(self) -> String {
        self.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }

    /// What it counts.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Fmt => "files",
            Self::Clippy | Self::ClippyWasm => "targets",
            Self::Boundary => "crates and files",
            Self::Docs => "files, names and items",
            Self::Build | Self::Apps => "checks",
            Self::Native | Self::Node | Self::Chromium | Self::Package | Self::E2e | Self::Firefox | Self::Webkit => "tests",
            Self::Types => "expectations and blocks",
            Self::Oracle => "cases",
            Self::Fuzz => "targets",
            Self::Soak => "calls",
            Self::Nexts => "rows",
        }
    }

    /// Gets what it needs, then runs it. An error means that it could not be run.
    /// `all_nexts`: every version of Next.js there is.
    pub(crate) fn run(self, runtime: &Runtime, all_nexts: bool) -> Result<Ran> {
        match self {
            Self::Fmt => lint::fmt(),
            Self::Clippy => lint::clippy_native(),
            Self::ClippyWasm => lint::clippy_wasm(),
            Self::Native => suites::native(),
            Self::Boundary => Ok(boundary::check()?.and(layout::check()?)),
            Self::Docs => documents::check(),
            Self::Build => suites::build(),
            Self::Node => suites::cases_in_node(),
            Self::Chromium => suites::cases_in_chromium(),
            Self::Package => suites::package(),
            Self::Types => suites::types(),
            Self::Oracle => react::all(),
            Self::Fuzz => fuzzing::all(),
            Self::E2e => runtime.block_on(end_to_end::all()),
            Self::Firefox => runtime.block_on(end_to_end::in_firefox()),
            Self::Webkit => end_to_end::in_webkit(),
            Self::Apps => runtime.block_on(apps::all()),
            Self::Soak => runtime.block_on(soaking::all()),
            Self::Nexts => runtime.block_on(nexts::all(all_nexts)),
        }
    }
}

impl Ran {
    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed, output: self.output + &other.output }
    }

    /// One more thing looked at, and why it is wrong, if it is.
    pub(crate) fn judge(&mut self, wrong: bool, why: impl FnOnce() -> String) {
        if wrong {
            self.failed += 1;
            self.output += &format!("{}\n", why());
        } else {
            self.passed += 1;
        }
    }

    /// A part of one piece: `count` things looked at, all right or not.
    pub(crate) fn all_or_nothing(count: u64, success: bool, output: String) -> Self {
        Self { passed: if success { count } else { 0 }, failed: u64::from(!success), output }
    }
}
