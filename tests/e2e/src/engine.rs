//! The one table of the differences between the engines: what an engine does not have, and where it behaves otherwise.
//! Must not drive a browser, and must not know a test.

use crate::Kind;

/// Something that a test needs and an engine may not have. Tests that need it are in a module of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Stored Blobs as files whose place on disk is known.
    BlobsOnDisk,
    /// A tab that can be made to crash.
    Crash,
    /// Pages whose URL holds a user's name and password. Firefox asks the user first.
    CredentialsInUrls,
    /// The Navigation API, by which a page sees that the user has left a path and come back to it.
    NavigationApi,
    /// A network that can be taken away.
    Offline,
    /// A driver whose scripts do not use the page's globals.
    ScriptsApart,
    /// A driver that runs scripts while the page is loading another document.
    ScriptsWhileLoading,
    /// `File` objects in IndexedDB. Private windows of WebKit store none.
    StoredFiles,
    /// A tab that can be suspended.
    Suspension,
}

/// A place where engines behave in different ways, and both are right. Tests expect what the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// A page without open calls goes into the bfcache, also under a driver.
    CachesPages,
    /// An aborted `keepalive` request closes its connection while the answer streams.
    ClosesAborted,
    /// `fetch` resolves when the head of an answer is there. Otherwise it waits for the first byte of the body.
    HeadBeforeBody,
    /// A page that comes back from the bfcache gets the answers of its open requests. Otherwise they fail.
    KeepsAnswers,
    /// The error of a module that could not be loaded names its file.
    NamesMissingModules,
    /// The content of a chosen file that has changed on disk cannot be read. Otherwise the new content is read.
    RefusesChangedFiles,
    /// A killed browser opens again with its profile. Windows of WebKit's small browser are private.
    StoresProfile,
}

use Behaviour::{CachesPages, ClosesAborted, HeadBeforeBody, KeepsAnswers, NamesMissingModules, RefusesChangedFiles, StoresProfile};
use Need::{BlobsOnDisk, Crash, CredentialsInUrls, NavigationApi, Offline, ScriptsApart, ScriptsWhileLoading, StoredFiles, Suspension};

/// Columns of the tables below.
const ENGINES: [Kind; 3] = [Kind::Chromium, Kind::Firefox, Kind::WebKit];

#[rustfmt::skip]
const NEEDS: [(Need, &str, [bool; 3]); 9] = [
    //                                                      Chromium Firefox WebKit
    (BlobsOnDisk,         "needs_blobs_on_disk",            [true,   false,  false]),
    (Crash,               "needs_crash",                    [true,   true,   false]),
    (CredentialsInUrls,   "needs_credentials_in_urls",      [true,   false,  false]),
    (NavigationApi,       "needs_navigation_api",           [true,   true,   false]),
    (Offline,             "needs_offline",                  [true,   true,   false]),
    (ScriptsApart,        "needs_scripts_apart",            [true,   true,   false]),
    (ScriptsWhileLoading, "needs_scripts_while_loading",    [true,   true,   false]),
    (StoredFiles,         "needs_stored_files",             [true,   true,   false]),
    (Suspension,          "needs_suspension",               [true,   false,  false]),
];

#[rustfmt::skip]
const BEHAVIOURS: [(Behaviour, [bool; 3]); 7] = [
    //                    Chromium Firefox WebKit
    (CachesPages,         [false,  true,   true]),
    (ClosesAborted,       [true,   true,   false]),
    (HeadBeforeBody,      [true,   false,  true]),
    (KeepsAnswers,        [true,   true,   false]),
    (NamesMissingModules, [true,   true,   false]),
    (RefusesChangedFiles, [true,   false,  true]),
    (StoresProfile,       [true,   true,   false]),
];

impl Kind {
    /// True if this engine has it.
    pub fn has(self, need: Need) -> bool {
        NEEDS.iter().any(|(known, _, has)| *known == need && has[self.column()])
    }

    /// True if this engine behaves so.
    pub fn behaves(self, behaviour: Behaviour) -> bool {
        BEHAVIOURS.iter().any(|(known, so)| *known == behaviour && so[self.column()])
    }

    /// Returns the modules of tests that this engine cannot run.
    pub fn skipped_modules(self) -> impl Iterator<Item = &'static str> {
        NEEDS.iter().filter(move |(.., has)| !has[self.column()]).map(|(_, module, _)| *module)
    }

    fn column(self) -> usize {
        ENGINES.iter().position(|kind| *kind == self).expect("each kind has a column")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chromium_runs_all_tests_and_each_need_is_missing_somewhere() {
        assert_eq!(Kind::Chromium.skipped_modules().count(), 0);
        for (need, ..) in NEEDS {
            assert!(ENGINES.iter().any(|kind| !kind.has(need)), "{need:?} is everywhere: the row can go");
        }
    }

    /// A module that is not in the table would run, and fail, in every engine.
    #[test]
    fn each_module_of_tests_that_needs_something_is_in_the_table() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let mut found = Vec::new();
        for file in std::fs::read_dir(dir).expect("the tests").flatten().filter(|file| file.path().is_file()) {
            let text = std::fs::read_to_string(file.path()).expect("text");
            found.extend(
                text.lines()
                    .filter_map(|line| line.strip_prefix("mod needs_"))
                    .map(|rest| format!("needs_{}", rest.trim_end_matches(" {"))),
            );
        }
        for (.., module, _) in NEEDS {
            assert!(found.iter().any(|name| name == module), "no tests are in a module {module}");
        }
        for name in found {
            assert!(NEEDS.iter().any(|(_, module, _)| *module == name), "{name} is not in the table");
        }
    }
}
