//! The end-to-end tests in one program: it is linked once, and tests of all files run side by side. Each file has the
//! tests of one subject. Must hold no test but the one of this list.

mod answers;
mod bad_input;
mod bad_server;
mod durable;
mod faults;
mod hostile_server;
mod idempotency;
mod imported;
mod in_place;
mod kinds;
mod leaving;
mod limits;
mod loading;
mod next_page;
mod observe;
mod odd_arguments;
mod offline;
mod outbox;
mod outbox_kill;
mod outbox_storage;
mod outbox_tabs;
mod payment;
mod prebuilt_requests;
mod readme;
mod redirects_without_router;
mod scene;
mod script;
mod shadows;
mod tabs;
mod timeline;
mod wrappers;

/// The compiler ignores a file that is not in the list, and its tests would never run.
#[test]
fn each_file_is_in_the_list() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for file in std::fs::read_dir(dir).expect("the tests").flatten().map(|entry| entry.path()) {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        let is_module = file.extension().is_some_and(|extension| extension == "rs") || file.join("mod.rs").exists();
        let is_listed = include_str!("main.rs").lines().any(|line| line == format!("mod {name};"));
        assert!(!is_module || name == "main" || is_listed, "{name} is not in the list of main.rs");
    }
}
