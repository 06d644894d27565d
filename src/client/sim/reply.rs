//! Declares the answers of a simulated server. Sends none: `sim.rs` does.

use std::collections::VecDeque;
use std::time::Duration;

/// The end of a reply.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Whole,
    Break(Duration),
    Never,
}

/// The answer of a simulated server to one request.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use actionlane::Kind;
/// use std::time::Duration;
///
/// const ACTION: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let kind = |reply: fn() -> Reply| {
///     let sim = Sim::new(move |_| reply());
///     let client = sim.builder().timeout(Duration::from_secs(9)).build()?;
///     Ok::<_, actionlane::Error>(sim.run(client.call::<u8>(ACTION, ())).unwrap_err().kind())
/// };
/// assert_eq!(kind(|| Reply::throws("4711"))?, Kind::ActionThrew);
/// assert_eq!(kind(Reply::unknown)?, Kind::ActionNotFound);
/// assert_eq!(kind(|| Reply::page(502, "text/html", "<h1>Bad Gateway</h1>"))?, Kind::Http);
/// assert_eq!(kind(Reply::silent)?, Kind::Timeout);
/// assert_eq!(kind(Reply::lost)?, Kind::Network);
/// assert_eq!(kind(|| Reply::flight("0:{\"a\":\"$@1\"}\n").stalls())?, Kind::Timeout);
/// assert_eq!(kind(|| Reply::flight("0:{\"a\":\"$@1\"}\n").breaks_off())?, Kind::Network);
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reply {
    /// Time until the head, and the status. `None`: no head comes.
    pub(super) head: Option<(Duration, u16)>,
    pub(super) headers: Vec<(String, String)>,
    /// Pieces of the body, and the time before each.
    pub(super) body: VecDeque<(Duration, Vec<u8>)>,
    pub(super) end: End,
}

impl Reply {
    /// Makes an answer with a status and an empty body.
    pub fn status(status: u16) -> Self {
        Self { head: Some((Duration::ZERO, status)), headers: Vec::new(), body: VecDeque::new(), end: End::Whole }
    }

    /// Makes an action's answer of these rows.
    pub fn flight(rows: &str) -> Self {
        Self::status(200).header("content-type", "text/x-component").then(Duration::ZERO, rows)
    }

    /// Makes the answer of an action that returned this value, in JSON as Flight writes it.
    pub fn value(json: &str) -> Self {
        Self::flight(&format!("0:{{\"a\":\"$@1\",\"f\":\"\"}}\n1:{json}\n"))
    }

    /// Makes the answer of an action that threw.
    pub fn throws(digest: &str) -> Self {
        let mut reply = Self::flight(&format!("0:{{\"a\":\"$@1\",\"f\":\"\"}}\n1:E{{\"digest\":\"{digest}\"}}\n"));
        reply.head = Some((Duration::ZERO, 500));
        reply
    }

    /// Makes the answer of an action that called `redirect()`: `/cart;push`.
    pub fn redirect(header: &str) -> Self {
        Self::status(303).header("x-action-redirect", header)
    }

    /// Makes the answer of a server that does not know the action.
    pub fn unknown() -> Self {
        Self::page(404, "text/plain", "Server action not found.").header("x-nextjs-action-not-found", "1")
    }

    /// Makes an answer that does not come from an action.
    pub fn page(status: u16, content_type: &str, text: &str) -> Self {
        Self::status(status).header("content-type", content_type).then(Duration::ZERO, text)
    }

    /// Never answers.
    pub fn silent() -> Self {
        Self { head: None, end: End::Never, ..Self::status(0) }
    }

    /// Loses the connection at once.
    pub fn lost() -> Self {
        Self { head: None, end: End::Break(Duration::ZERO), ..Self::status(0) }
    }

    /// Sends the head after this time; loses the connection then, if there is no head.
    #[must_use]
    pub fn after(mut self, time: Duration) -> Self {
        match &mut self.head {
            Some((after, _)) => *after = time,
            None if matches!(self.end, End::Break(_)) => self.end = End::Break(time),
            None => {}
        }
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends more of the body after a further time.
    #[must_use]
    pub fn then(mut self, after: Duration, text: &str) -> Self {
        self.body.push_back((after, text.as_bytes().to_vec()));
        self
    }

    /// Loses the connection where the body would end.
    #[must_use]
    pub fn breaks_off(mut self) -> Self {
        self.end = End::Break(Duration::ZERO);
        self
    }

    /// Sends nothing more, and does not end.
    #[must_use]
    pub fn stalls(mut self) -> Self {
        self.end = End::Never;
        self
    }
}
