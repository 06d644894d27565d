//! Reports progress on standard error.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Prints `what`, runs the action, and prints how long it took if that was 2 seconds or more. Adds `what` to an
/// error.
pub(crate) fn step<T>(what: &str, action: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = begin(what);
    let result = action().with_context(|| what.to_owned())?;
    finish(what, started);
    Ok(result)
}

/// Does the same as [`step`] with a future.
pub(crate) async fn step_async<T>(what: &str, action: impl Future<Output = Result<T>>) -> Result<T> {
    let started = begin(what);
    let result = action.await.with_context(|| what.to_owned())?;
    finish(what, started);
    Ok(result)
}

/// Prints a line about the current step.
pub(crate) fn note(what: &str) {
    eprintln!("  {what}");
}

/// Formats a duration: `12.3 s`, or `2 min 05 s` from 100 seconds.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 100.0 { format!("{seconds:.1} s") } else { format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60) }
}

fn begin(what: &str) -> Instant {
    eprintln!("» {what}");
    Instant::now()
}

fn finish(what: &str, started: Instant) {
    let took = started.elapsed();
    if took >= Duration::from_secs(2) {
        eprintln!("✓ {what}: {}", seconds(took));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_in_seconds_or_minutes() {
        assert_eq!(seconds(Duration::from_millis(1250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
