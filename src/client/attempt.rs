//! Adds headers to the requests of single attempts: fresh tokens, traces. Must not change anything else of a request.

use std::fmt;
use std::rc::Rc;

use super::Request;
use super::order::{Wire, check_header};
use crate::call::CallId;
use crate::{Error, Kind, protocol};

/// An attempt that is about to be sent: the argument of a function that makes headers.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
///
/// const SAVE: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let sim = Sim::new(|_| Reply::value("null"));
/// let client = sim.builder().headers(|attempt| vec![("x-attempt".into(), attempt.number.to_string())]).build()?;
/// sim.run(client.call::<()>(SAVE, ()))?;
/// assert!(sim.requests()[0].headers.contains(&("x-attempt".into(), "1".into())));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Id of the call or the route.
    pub call: CallId,
    /// Number of the attempt, from 1.
    pub number: u32,
}

/// A function of the program that makes headers. A program that has none does not link what checks them.
#[derive(Clone)]
pub(super) struct Hook(Rc<AddHeaders>);

type AddHeaders = dyn Fn(&mut Request, &Attempt, &Wire) -> Result<(), Error>;

impl Hook {
    pub(super) fn new(make: impl Fn(&Attempt) -> Vec<(String, String)> + 'static) -> Self {
        Self(Rc::new(move |request, attempt, wire| add(request, make(attempt), wire)))
    }

    /// Calls the function and adds its headers. Fails if one of them cannot be sent, or is of the protocol.
    pub(super) fn add_headers(&self, request: &mut Request, attempt: &Attempt, wire: &Wire) -> Result<(), Error> {
        (self.0)(request, attempt, wire)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

fn add(request: &mut Request, headers: Vec<(String, String)>, wire: &Wire) -> Result<(), Error> {
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        check_header(&name, &value)?;
        let known = |(known, _): &(String, String)| *known == name;
        if protocol::is_protected(&name) || (name == wire.idempotency_header && request.headers.iter().any(known)) {
            return Err(Error::new(Kind::InvalidOption, ["headers: ", &name, " has another meaning"].concat()));
        }
        request.headers.retain(|header| !known(header));
        request.headers.push((name, value));
    }
    Ok(())
}
