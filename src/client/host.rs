//! Declares the page or the window around a client: redirects and fresh data go through it.
//!
//! Decides nothing: the core says when a user is moved and when data is requested.

use std::rc::Rc;

use crate::protocol::{Redirect, RedirectType, Revalidated};
use crate::{Error, Visit};

/// The page or the window around a client.
///
/// A client without a host follows no redirect; [`Outcome::redirect`](super::Outcome::redirect) has it as the server
/// wrote it.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use actionlane::client::{Host, Moved, Target};
/// use actionlane::protocol::{RedirectType, Revalidated};
/// use actionlane::Client;
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// /// A program with one window, whose pages are all of one server.
/// #[derive(Default)]
/// struct Window(RefCell<Vec<String>>);
///
/// impl Host for Window {
///     fn resolve(&self, url: &str, _page: &str) -> Option<Target> {
///         let path = url.strip_prefix("https://shop.example").unwrap_or(url);
///         let is_path = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
///         is_path.then(|| Target {
///             url: format!("https://shop.example{path}"),
///             scheme: "https:".to_owned(),
///             path: path.to_owned(),
///             same_origin: true,
///         })
///     }
///     fn redirect(&self, to: &str, _kind: Option<RedirectType>, _refresh: Option<Revalidated>) -> Moved {
///         self.0.borrow_mut().push(to.to_owned());
///         Moved::Moved
///     }
/// }
///
/// let sim = Sim::new(|_| Reply::redirect("/receipt;push"));
/// let window = Rc::new(Window::default());
/// let client = sim.builder().host(Rc::clone(&window)).build()?;
/// let outcome = sim.run(client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()))?;
/// assert_eq!(*window.0.borrow(), ["https://shop.example/receipt"]);
/// assert!(outcome.value.is_none() && outcome.redirect.is_some_and(|redirect| redirect.followed));
/// # Ok::<(), actionlane::Error>(())
/// ```
pub trait Host {
    /// Resolves a URL against that of a page, by the URL standard. `None` if it is no URL.
    fn resolve(&self, url: &str, page: &str) -> Option<Target>;

    /// Sends the user to `to`, an absolute URL that was checked. `refresh`: the data to request there, besides.
    fn redirect(&self, to: &str, kind: Option<RedirectType>, refresh: Option<Revalidated>) -> Moved;

    /// Requests fresh data for what the user sees. Does nothing by default.
    fn refresh(&self, what: Revalidated) {
        let _ = what;
    }

    /// Returns a number that grows each time the user goes to another page. A redirect is followed only on the page on
    /// which the call was made. Always the same by default.
    fn visit(&self) -> Visit {
        Visit::default()
    }
}

impl<H: Host + ?Sized> Host for Rc<H> {
    fn resolve(&self, url: &str, page: &str) -> Option<Target> {
        (**self).resolve(url, page)
    }

    fn redirect(&self, to: &str, kind: Option<RedirectType>, refresh: Option<Revalidated>) -> Moved {
        (**self).redirect(to, kind, refresh)
    }

    fn refresh(&self, what: Revalidated) {
        (**self).refresh(what);
    }

    fn visit(&self) -> Visit {
        (**self).visit()
    }
}

/// A URL, resolved by a [`Host`], which has an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The absolute URL.
    pub url: String,
    /// Its scheme, with the colon: `https:`.
    pub scheme: String,
    /// Its path, which begins with `/`.
    pub path: String,
    /// True if its origin is that of the page.
    pub same_origin: bool,
}

/// The result of [`Host::redirect`], which has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moved {
    /// The user is still where they were.
    Stayed,
    /// The user is elsewhere, and the program goes on.
    Moved,
    /// The program ends soon: nothing starts for 30 s.
    Leaving,
}

/// Returns the absolute URL of a redirect. Fails with `REDIRECT_BLOCKED` if no user may be sent there.
pub(super) fn target(host: &dyn Host, redirect: &Redirect, page: &str, base_path: &str) -> Result<String, Error> {
    let resolved = host.resolve(page, page).and_then(|page| {
        let url = redirect.url_to_resolve(base_path, &page.path);
        host.resolve(&url, &page.url)
    });
    redirect.check(resolved.as_ref().map(|target| (&*target.scheme, target.same_origin)))?;
    Ok(resolved.map(|target| target.url).unwrap_or_default())
}
