//! Drives real pages on real servers: a browser ([`Browser`]) with its WebDriver ([`Driver`]), the demo app
//! ([`Www`]), the fixture app as some version of Next.js built it ([`Fixture`]), and processes that end with their
//! owner ([`Owned`]).
//!
//! The tests are in `tests/`; `cargo xtask demo` measures with the same code. Unix only: it uses process groups.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! let driver = e2e::Driver::from_env_or_start().await?;
//! let browser = e2e::Browser::open(&driver).await?;
//! browser.goto("http://127.0.0.1:3000/").await?;
//! let title: String = browser.eval("return document.title", &[]).await?;
//! browser.close().await?;
//! # drop(title); Ok(()) }
//! ```

mod browser;
mod browsers;
mod cpu;
mod devtools;
mod driver;
mod engine;
mod first_script;
mod fixture;
mod gecko;
mod heap;
mod http;
mod lending;
mod network;
mod next;
mod payment;
mod port;
mod process;
mod profile;
mod screen;
mod tab;
mod until;
mod www;

pub use browser::Browser;
pub use browsers::{BROWSER_ENV, Installed, Kind};
pub use driver::{Driver, WEBDRIVER_ENV};
pub use engine::{Behaviour, Need};
pub use fixture::{Build, Fixture, fresh_store};
pub use next::serve;
pub use payment::{Row, Run};
pub use port::{free_port, is_free};
pub use process::{Owned, end_all, end_all_on_signal};
pub use until::UNTIL;
pub use www::{WWW_ENV, Www};
