//! Waits in the page: a function that scripts may have before their own text.

/// Defines `until(condition, what)` in a script: waits until the condition is true or promises so, and returns what it
/// has returned. Throws after a minute. Reads `Date.now()`, since a page may shadow `performance`.
pub const UNTIL: &str = r#"
    const until = async (condition, what = condition) => {
        const end = Date.now() + 60_000;
        while (Date.now() < end) {
            const found = await condition();
            if (found) return found;
            await new Promise(resolve => setTimeout(resolve, 10));
        }
        throw new Error("the condition is still false after a minute: " + what);
    };
"#;
