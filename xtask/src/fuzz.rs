//! `cargo xtask fuzz`: fuzzes one target.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::run::{self, cargo};
use crate::stamp::entries;
use crate::step::{note, step};
use crate::{tools, workspace};

/// Fuzzes a target of tests/fuzz/ with libFuzzer
///
/// Uses stable Rust without a sanitizer. Looks for panics, hangs, too much memory, and results that differ. The
/// corpus starts from tests/vectors and tests/fuzz/seeds and grows below target/. An input that fails is stored
/// there, and its file is named.
#[derive(clap::Args)]
pub(crate) struct Args {
    target: Target,
    /// Seconds to run
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Afterwards, reduce the corpus and store it in tests/fuzz/seeds
    #[arg(long)]
    keep: bool,
}

/// Targets of tests/fuzz/.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// Split rows the same way wherever the bytes are cut
    Rows,
    /// Decode any bytes to an answer or an error
    Decode,
    /// Decode a stream to the same value however it is cut
    Chunking,
    /// Encode arguments that can be decoded again
    Encode,
    /// Decode answers of a hostile server that knows the format
    Hostile,
    /// Read hostile documents and scripts
    Manifest,
}

/// Figures of a run, as libFuzzer prints them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stats {
    pub(crate) executions: u64,
    pub(crate) per_second: u64,
    pub(crate) peak_mb: u64,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    build()?;
    let stats = fuzz(args.target, args.seconds)?;
    if args.keep {
        keep_seeds(args.target)?;
    }
    println!("{}: {} executions, {} a second, {} MB", args.target.name(), stats.executions, stats.per_second, stats.peak_mb);
    Ok(())
}

/// Builds every target.
pub(crate) fn build() -> Result<()> {
    tools::ensure_cargo_fuzz()?;
    step("building the fuzz targets", || run::quiet(cargo_fuzz("build")?.args(["--sanitizer", "none"])).map(drop))
}

/// Runs a target. Fails with libFuzzer's message if an input fails.
pub(crate) fn fuzz(target: Target, seconds: u32) -> Result<Stats> {
    let name = target.name();
    let corpus = corpus(&name)?;
    let artifacts = workspace::scratch(&format!("fuzz/{name}/artifacts/x"))?.with_file_name("");
    let finished = step(&format!("fuzzing {name} for {seconds} s"), || {
        let mut fuzz = run::command(program(&name), workspace::root());
        fuzz.arg(&corpus).arg(format!("-artifact_prefix={}", artifacts.display()));
        fuzz.args(LIBFUZZER).arg(format!("-max_len={}", target.max_input_bytes())).arg(format!("-max_total_time={seconds}"));
        run::captured(&mut fuzz)
    })?;
    if !finished.success {
        bail!("{name} found something:\n{}", failure_lines(&finished.stderr));
    }
    let stats = Stats::of(&finished.stderr).with_context(|| format!("libFuzzer printed no statistics:\n{}", finished.stderr))?;
    note(&format!("{name}: {} executions, {} a second, {} MB", stats.executions, stats.per_second, stats.peak_mb));
    Ok(stats)
}

/// Limits: seconds for an input, and megabytes for the process.
const LIBFUZZER: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"];

impl Target {
    /// Largest input, in bytes. Shorter where one byte of input stands for many.
    fn max_input_bytes(self) -> u32 {
        match self {
            Self::Rows | Self::Decode | Self::Chunking => 1024,
            Self::Encode | Self::Hostile | Self::Manifest => 192,
        }
    }

    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

impl Stats {
    /// Reads the statistics that libFuzzer prints at the end.
    fn of(text: &str) -> Option<Self> {
        let number = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':'));
            line?.trim().parse().ok()
        };
        Some(Self {
            executions: number("number_of_executed_units")?,
            per_second: number("average_exec_per_sec")?,
            peak_mb: number("peak_rss_mb")?,
        })
    }
}

/// Returns the directory of a target's inputs, filled with the seeds and the streams of the vectors.
fn corpus(name: &str) -> Result<PathBuf> {
    let corpus = workspace::scratch(&format!("fuzz/{name}/corpus/x"))?.with_file_name("");
    if let Ok(packed) = fs::read(seeds(name)) {
        for (number, seed) in unpack(&packed).enumerate() {
            fs::write(corpus.join(format!("seed-{number}")), seed)?;
        }
    }
    for folder in ["decode", "stream"] {
        for file in entries(&workspace::root().join("tests/vectors").join(folder))? {
            let known = file.file_name().filter(|_| file.extension().is_some_and(|extension| extension == "bin"));
            if let Some(known) = known.map(|known| corpus.join(known)).filter(|to| !to.exists()) {
                fs::copy(&file, known)?;
            }
        }
    }
    Ok(corpus)
}

/// Reduces the corpus to the inputs that reach new code, and writes them to the repository as seeds.
fn keep_seeds(target: Target) -> Result<()> {
    let name = target.name();
    let few = workspace::scratch(&format!("fuzz/{name}/few/x"))?.with_file_name("");
    fs::remove_dir_all(&few)?;
    fs::create_dir(&few)?;
    let mut merge = run::command(program(&name), workspace::root());
    run::quiet(merge.args(["-merge=1", &format!("-max_len={SEED_BYTES}")]).arg(&few).arg(corpus(&name)?))?;
    let mut packed = Vec::new();
    for file in entries(&few)? {
        let seed = fs::read(file)?;
        packed.push(u8::try_from(seed.len()).context("a seed is too long")?);
        packed.extend_from_slice(&seed);
    }
    fs::create_dir_all(seeds(&name).with_file_name(""))?;
    fs::write(seeds(&name), packed).context("writing the seeds")
}

/// Largest seed that is stored, in bytes.
const SEED_BYTES: u8 = 96;

/// Returns the file of a target's seeds. Each seed follows a byte with its length; one file is better than thousands.
fn seeds(name: &str) -> PathBuf {
    workspace::root().join("tests/fuzz/seeds").join(format!("{name}.bin"))
}

fn unpack(mut packed: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = packed.split_first()?;
        let (seed, rest) = rest.split_at_checked(usize::from(*length))?;
        packed = rest;
        Some(seed)
    })
}

fn cargo_fuzz(command: &str) -> Result<Command> {
    let mut cargo = cargo();
    cargo.args(["fuzz", command, "--fuzz-dir", "tests/fuzz", "--target-dir"]).arg(build_dir());
    cargo.env("PATH", tools::path()?);
    Ok(cargo)
}

fn program(name: &str) -> PathBuf {
    let is_target = |dir: &PathBuf| dir.join("release").join(name).exists();
    // cargo-fuzz names the host in the path.
    let host = entries(&build_dir()).unwrap_or_default().into_iter().find(is_target);
    host.unwrap_or_else(build_dir).join("release").join(name)
}

fn build_dir() -> PathBuf {
    workspace::target().join("fuzz")
}

/// Returns the lines about the panic and the input, without the dictionary and the stack.
fn failure_lines(text: &str) -> String {
    let is_telling = |line: &&str| {
        ["panicked", "assertion", "left:", "right:", "SUMMARY", "Test unit", "ERROR: libFuzzer"].iter().any(|word| line.contains(word))
    };
    text.lines().filter(is_telling).map(|line| format!("{}\n", line.chars().take(600).collect::<String>())).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_statistics_of_libfuzzer_are_read() {
        let text =
            "Done 12 runs in 1 second(s)\nstat::number_of_executed_units: 12\nstat::average_exec_per_sec:     6\nstat::peak_rss_mb:  29\n";
        assert_eq!(Stats::of(text), Some(Stats { executions: 12, per_second: 6, peak_mb: 29 }));
        assert_eq!(Stats::of("nothing"), None);
    }

    #[test]
    fn seeds_are_cut_apart() {
        assert_eq!(unpack(b"\x02ab\x00\x01c").collect::<Vec<_>>(), [&b"ab"[..], b"", b"c"]);
        assert_eq!(unpack(b"\x02a").count(), 0);
    }

    #[test]
    fn every_target_is_in_the_manifest() {
        let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/Cargo.toml")).expect("the manifest");
        for target in Target::value_variants() {
            assert!(manifest.contains(&format!("name = \"{}\"", target.name())), "{target:?}");
        }
    }
}
