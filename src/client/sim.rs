//! Simulates a server, a clock and an executor, for examples and tests: time passes only when nothing else is left to
//! do, so nothing sleeps and each run is the same.
//!
//! Knows no clients: it is a [`Transport`] and a [`Runtime`] as any other.

mod reply;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_core::Stream;

pub use self::reply::Reply;

use self::reply::End;
use super::builder::Builder;
use super::{Request, Response, Runtime, Task, Transport};
use crate::{Client, Instant};

/// A world of its own: a server, a clock and an executor. Clones are the same world.
///
/// ```
/// use actionlane::client::sim::{Reply, Sim};
/// use std::time::Duration;
///
/// const ACTION: &str = "40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
///
/// let sim = Sim::new(|_| Reply::value("1.5").after(Duration::from_secs(20)));
/// let client = sim.builder().build()?;
/// let outcome = sim.run(client.call::<f64>(ACTION, ("book",)))?;
/// assert_eq!(outcome.value, Some(1.5));
/// assert_eq!(sim.now(), Duration::from_secs(20), "of the simulation's time");
/// assert_eq!(sim.requests()[0].body, Some("[\"book\"]".into()));
/// # Ok::<(), actionlane::Error>(())
/// ```
#[derive(Clone)]
pub struct Sim(Rc<World>);

struct World {
    now: Cell<Instant>,
    timers: RefCell<BTreeMap<(Instant, u64), Waker>>,
    tasks: RefCell<BTreeMap<u64, Task>>,
    count: Cell<u64>,
    woken: Arc<Woken>,
    server: Box<dyn Fn(&Request) -> Reply>,
    requests: RefCell<Vec<Request>>,
    aborted: Cell<usize>,
}

/// Ids of the tasks to poll; 0 is the future that [`Sim::run`] waits for.
#[derive(Default)]
struct Woken(Mutex<VecDeque<u64>>);

struct Alarm {
    id: u64,
    woken: Arc<Woken>,
}

impl Woken {
    fn push(&self, id: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(id);
    }

    fn pop(&self) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.woken.push(self.id);
    }
}

impl Sim {
    /// Makes a world whose server answers each request with what `server` returns.
    pub fn new(server: impl Fn(&Request) -> Reply + 'static) -> Self {
        Self(Rc::new(World {
            now: Cell::default(),
            timers: RefCell::default(),
            tasks: RefCell::default(),
            count: Cell::default(),
            woken: Arc::default(),
            server: Box::new(server),
            requests: RefCell::default(),
            aborted: Cell::default(),
        }))
    }

    /// Begins a client in this world, on the page `https://shop.example/`.
    pub fn builder(&self) -> Builder<Self, Self> {
        Client::builder().transport(self.clone()).runtime(self.clone()).url("https://shop.example/")
    }

    /// Runs the world until the future is over, and returns its output.
    ///
    /// Panics if nothing is left that could end it.
    pub fn run<F: IntoFuture>(&self, future: F) -> F::Output {
        let mut future = pin!(future.into_future());
        let mut output = None;
        self.0.woken.push(0);
        let over = self.turn(|context| match future.as_mut().poll(context) {
            Poll::Ready(done) => {
                output = Some(done);
                true
            }
            Poll::Pending => false,
        });
        match output.filter(|_| over) {
            Some(output) => output,
            None => panic!("nothing is left to do, and the future is not over"),
        }
    }

    /// Runs the world until nothing is left to do.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    ///
    /// let sim = Sim::new(|_| Reply::value("null"));
    /// let client = sim.builder().build()?;
    /// client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()).detach();
    /// sim.idle();
    /// assert_eq!((sim.requests().len(), client.pending()), (1, 0));
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn idle(&self) {
        self.turn(|_| false);
    }

    /// Waits in the world's time.
    pub fn sleep(&self, time: Duration) -> impl Future<Output = ()> + use<> {
        Sleep { world: Rc::clone(&self.0), at: self.0.now.get().plus(time), key: None }
    }

    /// Runs a task in this world.
    pub fn spawn(&self, task: Task) {
        let id = self.0.next();
        self.0.tasks.borrow_mut().insert(id, task);
        self.0.woken.push(id);
    }

    /// Drops all tasks, as a runtime does that ends.
    #[cfg(test)]
    pub(super) fn drop_tasks(&self) {
        let tasks = self.0.tasks.take();
        drop(tasks);
    }

    /// Returns the time since the world began.
    pub fn now(&self) -> Duration {
        self.0.now.get().since(Instant::default())
    }

    /// Returns the requests so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.0.requests.borrow().clone()
    }

    /// Returns the number of requests that were aborted.
    ///
    /// ```
    /// use actionlane::client::sim::{Reply, Sim};
    /// use std::time::Duration;
    ///
    /// let sim = Sim::new(|_| Reply::silent());
    /// let client = sim.builder().build()?;
    /// let call = client.call::<()>("40aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ()).timeout(Duration::from_secs(1));
    /// assert!(sim.run(call).is_err());
    /// assert_eq!(sim.aborted(), 1);
    /// # Ok::<(), actionlane::Error>(())
    /// ```
    pub fn aborted(&self) -> usize {
        self.0.aborted.get()
    }

    /// Polls what is awake, and moves the clock on when nothing is. Returns true once `main` does; false when nothing
    /// is left.
    fn turn(&self, mut main: impl FnMut(&mut Context<'_>) -> bool) -> bool {
        let world = &self.0;
        loop {
            while let Some(id) = world.woken.pop() {
                let waker = Waker::from(Arc::new(Alarm { id, woken: Arc::clone(&world.woken) }));
                let mut context = Context::from_waker(&waker);
                if id == 0 {
                    if main(&mut context) {
                        return true;
                    }
                    continue;
                }
                let task = world.tasks.borrow_mut().remove(&id);
                if let Some(mut task) = task
                    && Pin::new(&mut task).poll(&mut context).is_pending()
                {
                    world.tasks.borrow_mut().insert(id, task);
                }
            }
            let next = world.timers.borrow_mut().pop_first();
            let Some(((at, _), waker)) = next else { return false };
            world.now.set(at.max(world.now.get()));
            waker.wake();
        }
    }
}

impl World {
    fn next(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sim").field("now", &self.now()).finish_non_exhaustive()
    }
}

struct Sleep {
    world: Rc<World>,
    at: Instant,
    key: Option<(Instant, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.world.now.get() >= self.at {
            return Poll::Ready(());
        }
        let key = (self.at, self.key.map_or_else(|| self.world.next(), |(_, count)| count));
        self.world.timers.borrow_mut().insert(key, context.waker().clone());
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Sleep {
    /// Removes the timer.
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.world.timers.borrow_mut().remove(&key);
        }
    }
}

impl Runtime for Sim {
    fn now(&self) -> Instant {
        self.0.now.get()
    }

    async fn sleep(&self, time: Duration) {
        self.sleep(time).await;
    }

    fn spawn(&self, task: Task) {
        self.spawn(task);
    }

    /// Returns a number that is not random: each run is the same.
    fn random(&self) -> u64 {
        self.0.next().wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Transport for Sim {
    type Error = Lost;
    type Chunk = Vec<u8>;
    type Body = Replying;

    async fn send(&self, request: Request) -> Result<Response<Replying>, Lost> {
        let open = Open { world: Rc::clone(&self.0), over: Cell::new(false) };
        self.0.requests.borrow_mut().push(request.clone());
        let Reply { head, headers, body, end } = (self.0.server)(&request);
        let Some((after, status)) = head else {
            match end {
                End::Break(after) => self.sleep(after).await,
                _ => std::future::pending().await,
            }
            open.over.set(true);
            return Err(Lost);
        };
        self.sleep(after).await;
        let mut response = Response::new(status, Replying { sim: self.clone(), body, end, wait: None, open });
        for (name, value) in headers {
            response = response.header(&name, value);
        }
        Ok(response)
    }
}

/// The error of a connection that was lost.
///
/// ```
/// assert_eq!(actionlane::client::sim::Lost.to_string(), "the connection was lost");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was lost")
    }
}

impl std::error::Error for Lost {}

/// Counts a request as aborted if it is dropped before it is over.
struct Open {
    world: Rc<World>,
    over: Cell<bool>,
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.over.get() {
            self.world.aborted.set(self.world.aborted.get() + 1);
        }
    }
}

/// The body of a [`Reply`]. Dropping it before its end counts as an abort.
///
/// ```
/// use actionlane::client::sim::{Reply, Replying, Sim};
/// use actionlane::client::{Request, Transport};
///
/// let sim = Sim::new(|_| Reply::page(200, "text/plain", "in stock"));
/// let body: Replying = sim.run(sim.send(Request::get("https://shop.example/api/stock")))?.into_body();
/// drop(body);
/// assert_eq!(sim.aborted(), 1);
/// # Ok::<(), actionlane::client::sim::Lost>(())
/// ```
pub struct Replying {
    sim: Sim,
    body: VecDeque<(Duration, Vec<u8>)>,
    end: End,
    wait: Option<Pin<Box<Sleep>>>,
    open: Open,
}

impl Replying {
    /// Waits for this time once. Returns ready when it is over.
    fn wait(&mut self, time: Duration, context: &mut Context<'_>) -> Poll<()> {
        let Sim(world) = &self.sim;
        let sleep = || Box::pin(Sleep { world: Rc::clone(world), at: world.now.get().plus(time), key: None });
        let wait = self.wait.get_or_insert_with(sleep);
        let over = wait.as_mut().poll(context);
        if over.is_ready() {
            self.wait = None;
        }
        over
    }
}

impl Stream for Replying {
    type Item = Result<Vec<u8>, Lost>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(after) = self.body.front().map(|(after, _)| *after) {
            std::task::ready!(self.wait(after, context));
            return Poll::Ready(self.body.pop_front().map(|(_, bytes)| Ok(bytes)));
        }
        match self.end {
            End::Whole => {
                self.open.over.set(true);
                Poll::Ready(None)
            }
            End::Break(after) => {
                std::task::ready!(self.wait(after, context));
                self.open.over.set(true);
                Poll::Ready(Some(Err(Lost)))
            }
            End::Never => Poll::Pending,
        }
    }
}
