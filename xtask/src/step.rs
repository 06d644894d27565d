//! Saying what is going on, on standard error.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Says `what`, does it, and says how long it took where that was long.
pub(crate) fn step<T>(what: &str, action: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = begin(what);
    let result = action().with_context(|| what.to_owned())?;
    finish(what, started);
    Ok(result)
}

/// The same for what is waited for.
pub(crate) async fn step_async<T>(what: &str, action: impl Future<Output = Result<T>>) -> Result<T> {
    let started = begin(what);
    let result = action.await.with_context(|| what.to_owned())?;
    finish(what, started);
    Ok(result)
}

/// Says something on the way.
pub(crate) fn note(what: &str) {
    eprintln!("  {what}");
}

/// `12.3 s`, `2 min 05 s`.
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
    fn seconds_and_minutes() {
        assert_eq!(seconds(Duration::from_millis(1250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
