//! Lets one process at a time do a piece of work, because parts of the tests run side by side. Must not know the work.

use std::fs::File;

use anyhow::{Context, Result};

use crate::workspace;

/// Does the work while no other process does work of this name; waits for it otherwise. The lock ends with the process,
/// too. Work must not contain work of the same name.
pub(crate) fn alone<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let path = workspace::scratch(&format!("locks/{name}"))?;
    let file = File::create(&path).with_context(|| format!("making {}", path.display()))?;
    file.lock().with_context(|| format!("locking {}", path.display()))?;
    work()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn work_of_one_name_is_done_by_one_at_a_time() {
        let inside = AtomicU32::new(0);
        let work = || {
            let others = inside.fetch_add(1, Ordering::SeqCst);
            thread::yield_now();
            inside.fetch_sub(1, Ordering::SeqCst);
            Ok(others)
        };
        thread::scope(|scope| {
            let all: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..100).all(|_| alone("test", work).is_ok_and(|others| others == 0)))).collect();
            assert!(all.into_iter().all(|thread| thread.join().unwrap_or(false)));
        });
    }
}
