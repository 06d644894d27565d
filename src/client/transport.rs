//! Declares what sends requests: the seam to an HTTP library.
//!
//! Knows no actions: a request is a method, a URL, headers and a body.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::{Error, Kind};

/// An error of any kind below an [`Error`].
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Sends a request, and returns the head of its answer with the body as a stream of bytes.
///
/// Dropping the future, or the body, must abort the request. Neither needs to be `Send`. Redirects of HTTP may be
/// followed, and [`Response::redirected_to`] says so; but not to another origin, which would receive the arguments.
/// Cookies are the transport's.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use actionlane::client::{Request, Response, Transport};
/// use actionlane::Client;
///
/// /// Counts the requests, and lets another transport send them.
/// struct Counting<T> {
///     inner: T,
///     count: std::rc::Rc<std::cell::Cell<u32>>,
/// }
///
/// impl<T: Transport> Transport for Counting<T> {
///     type Error = T::Error;
///     type Chunk = T::Chunk;
///     type Body = T::Body;
///
///     async fn send(&self, request: Request) -> Result<Response<T::Body>, T::Error> {
///         self.count.set(self.count.get() + 1);
///         self.inner.send(request).await
///     }
/// }
///
/// let sim = Sim::new(|_| Reply::value("true"));
/// let count = std::rc::Rc::default();
/// let transport = Counting { inner: sim.clone(), count: std::rc::Rc::clone(&count) };
/// let client = Client::builder().transport(transport).runtime(sim.clone()).url("https://shop.example/").build()?;
/// sim.run(client.call::<bool>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()))?;
/// assert_eq!(count.get(), 1);
/// # Ok::<(), actionlane::Error>(())
/// ```
pub trait Transport {
    /// The error of a request that got no answer, or of a body that broke off. It becomes the source of the call's
    /// error.
    type Error: Into<Box<dyn std::error::Error + Send + Sync>>;
    /// Some bytes of a body.
    type Chunk: AsRef<[u8]>;
    /// A body.
    type Body: Stream<Item = Result<Self::Chunk, Self::Error>>;

    /// Sends a request. Resolves with the head.
    fn send(&self, request: Request) -> impl Future<Output = Result<Response<Self::Body>, Self::Error>>;

    /// Returns false for an error of [`send`](Self::send) after which the server certainly received nothing: the
    /// connection was refused, or the URL is none. Such a call is [`Sent::No`](crate::Sent::No), and is retried without
    /// a key. Default: true.
    fn was_sent(&self, error: &Self::Error) -> bool {
        let _ = error;
        true
    }
}

/// A request to send.
///
/// ```
/// use actionlane::client::Request;
///
/// let request = Request::get("https://shop.example/api/stock").header("accept", "application/json");
/// assert_eq!((&*request.method, &*request.url), ("GET", "https://shop.example/api/stock"));
/// assert_eq!(request.headers, [("accept".to_owned(), "application/json".to_owned())]);
/// assert!(request.body.is_none());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method, in upper case.
    pub method: String,
    /// The URL, as the program gave it.
    pub url: String,
    /// Names and values of the headers. An action's request has its `content-type` among them.
    pub headers: Vec<(String, String)>,
    /// The body. `None`: no body.
    pub body: Option<Body>,
}

/// The body of a request. In a browser it may also be a form with files.
///
/// ```
/// use actionlane::client::Body;
///
/// assert_eq!(Body::from("[1]").as_bytes(), Some(&b"[1]"[..]));
/// assert_eq!(Body::from(vec![0xff]).as_bytes(), Some(&[0xff][..]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A form with files: a `web_sys::FormData` in a browser, and never elsewhere. The browser writes the
    /// `content-type`.
    Form(crate::javascript::Form),
}

impl Body {
    /// Returns the bytes. `None` for a form with files: only the browser can read it.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            Self::Form(_) => None,
        }
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl Request {
    /// Makes a request without headers and body.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body: None }
    }

    /// Makes a `GET` request.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// Makes a `POST` request.
    ///
    /// ```
    /// use actionlane::client::{Body, Request};
    ///
    /// let request = Request::post("https://shop.example/api/cart", "{}").header("content-type", "application/json");
    /// assert_eq!(request.body, Some(Body::Text("{}".to_owned())));
    /// ```
    pub fn post(url: impl Into<String>, body: impl Into<Body>) -> Self {
        Self { body: Some(body.into()), ..Self::new("POST", url) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// The head of an answer, and its body of type `B`.
///
/// ```
/// use actionlane::client::Response;
///
/// let response = Response::new(200, ()).header("Content-Type", "text/x-component");
/// assert_eq!((response.status(), response.header_value("content-type")), (200, Some("text/x-component")));
/// ```
#[derive(Clone, Debug)]
pub struct Response<B> {
    status: u16,
    headers: Vec<(String, String)>,
    url: Option<String>,
    body: B,
}

impl<B> Response<B> {
    /// Makes a response without headers.
    pub fn new(status: u16, body: B) -> Self {
        Self { status, headers: Vec::new(), url: None, body }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// Says which URL answered, if the transport followed a redirect of HTTP.
    ///
    /// ```
    /// use actionlane::client::Response;
    ///
    /// let response = Response::new(200, ()).redirected_to("https://shop.example/login");
    /// assert_eq!(response.redirected_url(), Some("https://shop.example/login"));
    /// ```
    #[must_use]
    pub fn redirected_to(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the value of a header by its lower-case name; the first if there are several.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Returns names, in lower case, and values of all headers.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Returns the URL that answered. `None` if no redirect of HTTP was followed.
    pub fn redirected_url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns the body.
    pub fn into_body(self) -> B {
        self.body
    }

    /// Returns the response with a body.
    pub(super) fn with_body<C>(self, body: C) -> Response<C> {
        let Self { status, headers, url, body: _ } = self;
        Response { status, headers, url, body }
    }

    /// Splits the response into its head and its body.
    pub(super) fn split(self) -> (Response<()>, B) {
        let Self { status, headers, url, body } = self;
        (Response { status, headers, url, body: () }, body)
    }
}

/// Names, in lower case, and values of headers.
pub(super) type Headers = Vec<(String, String)>;

/// Finds the first value of a header.
pub(super) fn find<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
}

/// A [`Transport`] of any type.
pub(super) trait AnyTransport {
    fn send(self: Rc<Self>, request: Request) -> Sending;
}

/// A request that got no answer: its error, and true if the server may have received it.
pub(super) type Unanswered = (BoxError, bool);

pub(super) type Sending = Pin<Box<dyn Future<Output = Result<Response<Incoming>, Unanswered>>>>;

impl<T: Transport + 'static> AnyTransport for T {
    fn send(self: Rc<Self>, request: Request) -> Sending {
        Box::pin(async move {
            let (head, body) = match Transport::send(&*self, request).await {
                Ok(response) => response.split(),
                Err(error) => {
                    let sent = self.was_sent(&error);
                    return Err((error.into(), sent));
                }
            };
            Ok(head.with_body(Incoming(Some(Box::new(Boxed(Box::pin(body)))))))
        })
    }
}

/// The body of a route's answer: a stream of bytes. Dropping it aborts the request.
///
/// ```
/// use actionlane::client::Request;
/// use actionlane::client::sim::{Reply, Sim};
/// use std::time::Duration;
///
/// let sim = Sim::new(|_| Reply::page(200, "text/plain", "in").then(Duration::from_secs(1), " stock"));
/// let client = sim.builder().build()?;
/// let text = sim.run(async {
///     let response = client.route(Request::get("https://shop.example/stock")).await?;
///     response.into_body().text().await
/// })?;
/// assert_eq!(text, "in stock");
/// # Ok::<(), actionlane::Error>(())
/// ```
// `None` once it has ended: it is not polled again, and what it held is given back.
pub struct Incoming(Option<Box<dyn Read>>);

impl Incoming {
    /// Reads the whole body. Fails with [`Kind::Network`] if it breaks off.
    pub async fn bytes(mut self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while self.read(&mut |more| bytes.extend_from_slice(more)).await.map_err(broke_off)? {}
        Ok(bytes)
    }

    /// Reads the whole body as UTF-8; other bytes become U+FFFD. Fails with [`Kind::Network`] if it breaks off.
    pub async fn text(self) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(&self.bytes().await?).into_owned())
    }

    /// Reads on: gives the next bytes to `into`. Returns false at the end.
    pub(super) async fn read(&mut self, into: &mut dyn FnMut(&[u8])) -> Result<bool, BoxError> {
        poll_fn(|context| self.poll_read(context, into)).await
    }

    pub(super) fn poll_read(&mut self, context: &mut Context<'_>, into: &mut dyn FnMut(&[u8])) -> Poll<Result<bool, BoxError>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(Ok(false)) };
        let read = std::task::ready!(body.poll_read(context, into));
        if !matches!(read, Ok(true)) {
            self.0 = None;
        }
        Poll::Ready(read)
    }
}

impl Stream for Incoming {
    type Item = Result<Vec<u8>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut bytes = Vec::new();
        let more = std::task::ready!(self.poll_read(context, &mut |more| bytes.extend_from_slice(more)));
        Poll::Ready(more.map_err(broke_off).map(|more| more.then_some(bytes)).transpose())
    }
}

/// Makes the error of a body that broke off.
pub(super) fn broke_off(source: BoxError) -> Error {
    Error::new(Kind::Network, "the answer broke off").with_sent(crate::Sent::Yes).with_source(source)
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

trait Read {
    fn poll_read(&mut self, context: &mut Context<'_>, into: &mut dyn FnMut(&[u8])) -> Poll<Result<bool, BoxError>>;
}

struct Boxed<S>(Pin<Box<S>>);

impl<S: Stream<Item = Result<C, E>>, C: AsRef<[u8]>, E: Into<BoxError>> Read for Boxed<S> {
    fn poll_read(&mut self, context: &mut Context<'_>, into: &mut dyn FnMut(&[u8])) -> Poll<Result<bool, BoxError>> {
        self.0.as_mut().poll_next(context).map(|chunk| match chunk {
            None => Ok(false),
            Some(Ok(bytes)) => {
                into(bytes.as_ref());
                Ok(true)
            }
            Some(Err(error)) => Err(error.into()),
        })
    }
}
