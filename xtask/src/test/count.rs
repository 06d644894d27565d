//! Counts the tests that a runner reports.

use crate::run::Finished;

use super::part::Ran;

/// Counts for libtest and wasm-bindgen's runner: sums all lines `test result: ok. 12 passed; 0 failed; …`.
pub(crate) fn libtest(finished: Finished) -> Ran {
    let results = finished.stdout.lines().chain(finished.stderr.lines()).filter(|line| line.contains("test result:"));
    let (passed, failed) =
        results.fold((0, 0), |(passed, failed), line| (passed + before(line, " passed"), failed + before(line, " failed")));
    ran(finished, passed, failed)
}

/// Counts for Node.js in its TAP format: `# pass 12`, `# fail 0`.
pub(crate) fn tap(finished: Finished) -> Ran {
    after(finished, "# pass ", "# fail ")
}

/// Counts for our own scripts: lines `pass 12`, `fail 0`. A script that counts no check has failed.
pub(crate) fn lines(finished: Finished) -> Ran {
    let mut ran = after(finished, "pass ", "fail ");
    ran.failed += u64::from(ran.passed + ran.failed == 0);
    ran
}

/// Reads the numbers from the first lines with these prefixes.
fn after(finished: Finished, pass: &str, fail: &str) -> Ran {
    let number = |prefix: &str| finished.stdout.lines().find_map(|line| line.strip_prefix(prefix)?.trim().parse().ok()).unwrap_or(0);
    let (passed, failed) = (number(pass), number(fail));
    ran(finished, passed, failed)
}

/// Counts a runner that failed as at least one failure.
fn ran(finished: Finished, passed: u64, failed: u64) -> Ran {
    let failed = if finished.success { failed } else { failed.max(1) };
    Ran { passed, failed, output: finished.stdout + &finished.stderr }
}

/// Returns the number just before `word`, or 0.
fn before(line: &str, word: &str) -> u64 {
    let digits = line.split(word).next().and_then(|before| before.rsplit(' ').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(success: bool, stdout: &str) -> Finished {
        Finished { success, stdout: stdout.to_owned(), stderr: String::new() }
    }

    #[test]
    fn the_results_of_all_binaries_are_summed() {
        let text = "test result: ok. 12 passed; 0 failed; 1 ignored\nnoise\ntest result: FAILED. 3 passed; 2 failed; 0 ignored\n";
        let ran = libtest(finished(false, text));
        assert_eq!((ran.passed, ran.failed), (15, 2));
    }

    #[test]
    fn a_runner_that_dies_has_failed() {
        let ran = libtest(finished(false, "error[E0425]: cannot find value"));
        assert_eq!((ran.passed, ran.failed), (0, 1));
    }

    #[test]
    fn a_script_that_counts_nothing_has_failed() {
        let counts = |text: &str| {
            let ran = lines(finished(true, text));
            (ran.passed, ran.failed)
        };
        assert_eq!((counts("pass 3\nfail 0\n"), counts("done\n"), counts("pass 0\nfail 0\n")), ((3, 0), (0, 1), (0, 1)));
    }

    #[test]
    fn a_report_of_node_is_counted() {
        let ran = tap(finished(true, "TAP version 13\n# tests 7\n# pass 7\n# fail 0\n"));
        assert_eq!((ran.passed, ran.failed), (7, 0));
    }
}
