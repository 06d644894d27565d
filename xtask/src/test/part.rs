//! The parts of `cargo xtask test`: their names, help texts and counts.

use anyhow::Result;
use clap::ValueEnum;
use e2e::Kind;
use tokio::runtime::Runtime;

use super::{apps, boundary, documents, end_to_end, fuzzing, layout, lint, next_apps, nexts, react, soaking, stores, suites};

/// A part; the variants are in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Check the formatting of every Rust file
    Fmt,
    /// Run Clippy on all native targets
    Clippy,
    /// Run Clippy on the crate, compiled to wasm
    ClippyWasm,
    /// Run the Rust tests that need no browser
    Native,
    /// Check that the native crate is free of the web, files do not use each other in circles, and each says its
    /// purpose
    Boundary,
    /// Check comments and documents: style, links, names, examples, and what rustdoc says
    Docs,
    /// Make the site of README.md and docs/, and follow its links
    Site,
    /// Build and pack the package, and check the packed file
    Build,
    /// Run the shared cases in Node.js
    Node,
    /// Run the shared cases in Chromium
    Chromium,
    /// Run the package's own tests in Node.js
    Package,
    /// Check the type declarations, and compile the code in the documents
    Types,
    /// Compare the package with React, in Node.js
    Oracle,
    /// Run every fuzz target for a short time, and compare the two name finders
    Fuzz,
    /// Check the crate as programs in Rust depend on it: package, exports, oldest versions, and the guide in Chromium
    Rust,
    /// Run the end-to-end tests, with real pages on real servers, in Chromium
    E2e,
    /// Run the end-to-end tests that depend on the browser, in Firefox
    Firefox,
    /// Run the end-to-end tests that depend on WebKit, in WebKitGTK
    Webkit,
    /// Test the packed package in apps made by common tools, in Chromium and in test runners
    Apps,
    /// Check that the packed file can be published: versions, contents, types, licences, the same bytes twice
    Release,
    /// Make thousands of calls to a server that misbehaves, in Chromium
    Soak,
    /// Run the stores of `actionlane/server` on real servers, and Next servers that are killed in their work
    Stores,
    /// Run every kind of action under several versions of Next.js, and compare with Next's own client
    Nexts,
    /// Compare Next.js apps built with `actionlane/next` to the same apps without
    Seam,
    /// Build an app with `withActionlane` in several ways, and drive it in Chromium
    NextApp,
    /// Submit every kind of form of a Next app with React's scripts, with ours and with none, in three browsers
    Forms,
    /// Build the apps of `examples/`, one of the code in the documents, and one as a new user does, and drive them in
    /// Chromium
    Examples,
}

/// Result of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Everything that was printed; shown if something failed.
    pub(crate) output: String,
}

impl Part {
    pub(crate) const ALL: [Self; 27] = [
        Self::Fmt,
        Self::Clippy,
        Self::ClippyWasm,
        Self::Native,
        Self::Boundary,
        Self::Docs,
        Self::Site,
        Self::Build,
        Self::Node,
        Self::Chromium,
        Self::Package,
        Self::Types,
        Self::Oracle,
        Self::Fuzz,
        Self::Rust,
        Self::E2e,
        Self::Firefox,
        Self::Webkit,
        Self::Apps,
        Self::Release,
        Self::Soak,
        Self::Stores,
        Self::Nexts,
        Self::Seam,
        Self::NextApp,
        Self::Forms,
        Self::Examples,
    ];

    /// Parts that run in a second process, if all run, beside the others from the beginning on. Then that process takes
    /// others. `Fuzz` is first, because it needs nothing that others make.
    pub(crate) const BESIDE: [Self; 5] = [Self::Fuzz, Self::Rust, Self::Soak, Self::Stores, Self::Forms];

    /// Returns the part's name on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Returns the part's help text.
    pub(crate) fn about(self) -> String {
        self.to_possible_value().and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default()
    }

    /// Returns the name of the things that the part counts.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Fmt => "files",
            Self::Clippy | Self::ClippyWasm => "targets",
            Self::Boundary => "crates and files",
            Self::Docs => "files, names and items",
            Self::Site => "links",
            Self::Build | Self::Rust | Self::Apps | Self::Release | Self::NextApp | Self::Forms | Self::Examples | Self::Stores => "checks",
            Self::Native | Self::Node | Self::Chromium | Self::Package | Self::E2e | Self::Firefox | Self::Webkit => "tests",
            Self::Types => "expectations and blocks",
            Self::Oracle => "cases",
            Self::Fuzz => "targets",
            Self::Soak => "calls",
            Self::Nexts | Self::Seam => "rows",
        }
    }

    /// Prepares and runs the part. An error means that the part could not run. `all_nexts` selects every supported
    /// version of Next.js for the parts `nexts` and `seam`, and every configuration for `next-app`.
    pub(crate) fn run(self, runtime: &Runtime, all_nexts: bool) -> Result<Ran> {
        match self {
            Self::Fmt => lint::fmt(),
            Self::Clippy => lint::clippy_native(),
            Self::ClippyWasm => lint::clippy_wasm(),
            Self::Native => suites::native(),
            Self::Boundary => Ok(boundary::check()?.and(layout::check()?)),
            Self::Docs => documents::check(),
            Self::Site => Ok(Ran { passed: crate::site::make()? as u64, ..Ran::default() }),
            Self::Build => suites::build(),
            Self::Node => suites::cases_in_node(),
            Self::Chromium => suites::cases_in_chromium(),
            Self::Package => suites::package(),
            Self::Types => suites::types(),
            Self::Oracle => react::all(),
            Self::Fuzz => fuzzing::all(),
            Self::Rust => crate::rust::run(),
            Self::E2e => runtime.block_on(end_to_end::all()),
            Self::Firefox => runtime.block_on(end_to_end::in_engine(Kind::Firefox)),
            Self::Webkit => runtime.block_on(end_to_end::in_engine(Kind::WebKit)),
            Self::Apps => runtime.block_on(apps::all()),
            Self::Release => suites::release(),
            Self::Soak => runtime.block_on(soaking::all()),
            Self::Stores => stores::all(),
            Self::Nexts => runtime.block_on(nexts::all(all_nexts)),
            Self::NextApp => next_apps::configurations(all_nexts),
            Self::Forms => next_apps::forms(),
            Self::Examples => next_apps::examples(),
            Self::Seam => runtime.block_on(nexts::with_seam(all_nexts)),
        }
    }
}

impl Ran {
    /// Adds two results.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed, output: self.output + &other.output }
    }

    /// Counts one more check. If it is `wrong`, adds the reason to the output.
    pub(crate) fn judge(&mut self, wrong: bool, why: impl FnOnce() -> String) {
        if wrong {
            self.failed += 1;
            self.output += &format!("{}\n", why());
        } else {
            self.passed += 1;
        }
    }

    /// True if something was checked, and nothing failed.
    pub(crate) fn is_good(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// Returns the result of a tool that passes or fails as a whole, after it checked `count` things.
    pub(crate) fn all_or_nothing(count: u64, success: bool, output: String) -> Self {
        Self { passed: if success { count } else { 0 }, failed: u64::from(!success), output }
    }
}
