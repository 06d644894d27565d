//! `cargo xtask apps`: tests the packed package in apps made by common tools.

mod report;
mod rows;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use e2e::{Browser, Driver, Kind, Owned, free_port};
use server::{App, Server};

pub(crate) use report::Report;
use report::{Outcome, Seen};
use rows::{ROWS, Row, Runner};

use crate::run::{captured, command, quiet};
use crate::stamp::Stamp;
use crate::step::{note, seconds, step};
use crate::{browser, build as package_build, files, npm, package, workspace};

/// Tests the packed package in apps made by common tools, in Chromium and in test runners
///
/// Unpacks the packed file beside the tools of tests/apps/package-lock.json. Each row is a copy of a directory of
/// tests/apps/. One tool builds or serves it without any configuration; its page, or its tests, run
/// tests/apps/checks.js. To add a row, add a line to the table in xtask/src/apps/rows.rs, and a directory if none of
/// the existing ones fits.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run only the rows with this text in their name (may be repeated)
    #[arg(long, value_name = "TEXT")]
    row: Vec<String>,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    let report = all(&args.row).await?;
    print!("{}", report.text());
    if report.failed() > 0 {
        bail!("checks failed: see the report above");
    }
    Ok(())
}

/// Runs the rows with one of the texts in `only` in their name, one after the other. Runs every row if `only` is
/// empty.
pub(crate) async fn all(only: &[String]) -> Result<Report> {
    let rows: Vec<&Row> = ROWS.iter().filter(|row| only.is_empty() || only.iter().any(|text| row.name.contains(text))).collect();
    ensure!(!rows.is_empty(), "no row has this text in its name: xtask/src/apps/rows.rs lists them");
    let light = browser::ensure_light(Kind::Chromium)?;
    package_build::prepare()?;
    package_build::package()?;
    unpack()?;
    let driver = Driver::start_installed(Kind::Chromium, light).await?;
    let mut report = Report::default();
    for row in rows {
        if let Some(missing) = missing_runtime(row)? {
            report.leave_out(row.name, &format!("npm has no {missing} for this platform"));
            continue;
        }
        let started = Instant::now();
        let outcome = run_row(row, &driver).await;
        note(&format!("{}: {}", row.name, seconds(started.elapsed())));
        report.add(row.name, outcome, started.elapsed());
    }
    Ok(report)
}

/// Returns the directory of the apps; the packages of the tools are in its `node_modules`.
fn dir() -> Result<PathBuf> {
    Ok(workspace::scratch("apps/package.json")?.with_file_name(""))
}

fn source(path: &str) -> PathBuf {
    workspace::root().join("tests/apps").join(path)
}

/// Installs the tools, and the package as npm would install it, unless they are there: parts that run side by side use
/// the same ones.
pub(crate) fn unpack() -> Result<()> {
    let dir = dir()?;
    for file in ["package.json", "package-lock.json"] {
        package::write_changed(&dir.join(file), &fs::read(source(file)).with_context(|| format!("reading {file}"))?)?;
    }
    npm::ensure_packages(&dir)?;
    unpack_file("unpacked", &package::packed()?, &dir.join("node_modules/actionlane"))
}

/// Unpacks a packed file. `name` is that of the work's stamp.
fn unpack_file(name: &str, packed: &Path, package: &Path) -> Result<()> {
    let stamp = Stamp::new(name).input(packed, &[])?.output(package.join("package.json"));
    let unpack = || {
        let _ = fs::remove_dir_all(package);
        fs::create_dir_all(package)?;
        let mut tar = command("tar", package);
        quiet(tar.args(["--strip-components=1", "-xzf"]).arg(packed)).map(drop)
    };
    stamp.make(unpack).map(drop)
}

async fn run_row(row: &Row, driver: &Driver) -> Result<Outcome> {
    let dir = dir()?.join(row.built_as);
    make(row, &dir)?;
    let log = dir.with_extension("log");
    match row.runner {
        Runner::Files { root, page, login } => {
            let server = Server::in_front_of(App::Files(dir.join(root)))?;
            run_checks(driver, &format!("http://{login}localhost:{}/{page}", server.port())).await
        }
        Runner::Server { command } => {
            let port = free_port()?;
            let _app = serve(command, port, &dir, &log).await?;
            let server = Server::in_front_of(App::Port(port))?;
            run_checks(driver, &server.url()).await.with_context(|| format!("the output of the server is in {}", workspace::shown(&log)))
        }
        Runner::Extension { id } => {
            let server = Server::in_front_of(App::Files(dir.clone()))?;
            let url = format!("chrome-extension://{id}/page.html?actions={}", server.url().trim_end_matches('/'));
            let see = async |browser: &Browser| seen_in(browser, &url).await;
            // The light one has no extensions.
            let driver = Driver::start(Kind::Chromium).await?;
            Browser::with_extension(&driver, &dir, see).await.map(Outcome::of_page)
        }
        Runner::Tests { command } => {
            let server = Server::in_front_of(App::Files(dir.clone()))?;
            let finished = captured(program(command, &dir)?.env("ACTIONS", server.url()))?;
            Outcome::of_tests(&finished.stdout).with_context(|| format!("the test runner printed {}{}", finished.stdout, finished.stderr))
        }
    }
}

/// Copies the app of the row and builds the copy, unless it is up to date.
fn make(row: &Row, dir: &Path) -> Result<()> {
    let stamp = package::sources(Stamp::new(format!("app-{}", row.built_as)))?
        .value(row.build)
        .input(&source(row.app), &[])?
        .input(&source("checks.js"), &[])?
        .input(&source("package-lock.json"), &[])?
        .output(dir.join("src/checks.js"));
    stamp.make(|| {
        step(&format!("making {}", row.built_as), || {
            let _ = fs::remove_dir_all(dir);
            files::copy(&source(row.app), dir, &[])?;
            fs::create_dir_all(dir.join("src"))?;
            fs::copy(source("checks.js"), dir.join("src/checks.js"))?;
            row.build.iter().try_for_each(|words| quiet(&mut program(words, dir)?).map(drop))
        })
    })?;
    Ok(())
}

/// Returns the Node.js that the row needs and that npm did not install, since it has none for this platform.
fn missing_runtime(row: &Row) -> Result<Option<&'static str>> {
    let tests: &[&[&str]] = if let Runner::Tests { command } = &row.runner { &[command] } else { &[] };
    let mut names = row.build.iter().chain(tests).filter_map(|words| words.first().copied()).filter(|name| RUNTIMES.contains(name));
    let modules = dir()?.join("node_modules");
    Ok(names.find(|name| !modules.join(name).exists()))
}

/// Versions of Node.js among the packages: optional ones, since each is for one platform.
const RUNTIMES: [&str; 2] = ["node22", "node24"];

/// Returns the command. Its first word names a program of the installed packages, or a script in `node_modules`.
fn program(words: &[&str], dir: &Path) -> Result<Command> {
    let (name, args) = words.split_first().context("the command of the row is empty")?;
    let modules = dir.with_file_name("node_modules");
    let mut program = match *name {
        "cp" | "mv" | "node" => command(name, dir),
        name if RUNTIMES.contains(&name) => command(modules.join(name).join("bin/node"), dir),
        script if script.ends_with(".js") => {
            let mut node = command("node", dir);
            node.arg(modules.join(script));
            node
        }
        name => command(modules.join(".bin").join(name), dir),
    };
    program.args(args).env("NEXT_TELEMETRY_DISABLED", "1");
    Ok(program)
}

async fn serve(words: &[&str], port: u16, dir: &Path, log: &Path) -> Result<Owned> {
    let number = port.to_string();
    let words: Vec<String> = words.iter().map(|word| word.replace("PORT", &number)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    e2e::serve(&mut program(&words, dir)?, port, "/", log).await
}

/// Returns the results of the checks that the page runs.
async fn run_checks(driver: &Driver, url: &str) -> Result<Outcome> {
    Browser::with(driver, async |browser| seen_in(browser, url).await).await.map(Outcome::of_page)
}

async fn seen_in(browser: &Browser, url: &str) -> Result<Vec<Seen>> {
    browser.goto(url).await?;
    browser.eval(WAIT, &[]).await
}

/// Waits until the page has set `window.checks`, and returns its value.
const WAIT: &str = "
    for (let tries = 0; tries < 300; tries++) {
        if (window.checks) return await window.checks;
        await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error('the page ran no checks: ' + document.documentElement.outerHTML.slice(0, 2000));
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_unpacked_is_not_taken_from_those_who_use_it() -> Result<()> {
        let dir = workspace::scratch("unpack-test")?;
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("package"))?;
        let (packed, package) = (dir.join("packed.tgz"), dir.join("node_modules/actionlane"));
        let unpacked = |text: &str| -> Result<bool> {
            fs::write(dir.join("package/package.json"), text)?;
            quiet(command("tar", &dir).args(["--mtime=@0", "-czf"]).arg(&packed).arg("package"))?;
            let used = package.join("used");
            let was_used = used.exists();
            unpack_file("unpack-test", &packed, &package)?;
            let is_used = used.exists();
            fs::write(used, "")?;
            assert_eq!(fs::read_to_string(package.join("package.json"))?, text);
            Ok(was_used && is_used)
        };
        assert_eq!([unpacked("{}")?, unpacked("{}")?, unpacked("[]")?], [false, true, false]);
        Ok(())
    }
}
