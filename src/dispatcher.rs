//! The state machine that decides. It has no clock, does no I/O and holds neither bytes nor values.
//!
//! A driver gives it commands ([`Dispatcher::enqueue`], [`Dispatcher::abort`], …) and reports what happened (`handle_*`), then takes
//! out [`Effect`]s until there are none, and wakes it with [`Dispatcher::handle_timeout`] at [`Dispatcher::poll_timeout`].
//! Inputs for a call that is over are ignored, so late and repeated ones do no harm.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use crate::call::{Call, CallId, Event, LaneName, Options, Page, RedirectMode, Render, State, Timings};
use crate::lane::{Lane, Order, Place};
use crate::protocol::Revalidated;
use crate::refresh::Refresh;
use crate::{Error, Instant, Kind, Sent};

mod page;
mod recovery;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod tests {
    mod page;
    mod queue;
    mod recovery;
}

pub use page::News;
pub use recovery::Recovery;

/// What holds for a whole dispatcher.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many calls may wait, over all lanes. One more that cannot start at once is refused with [`Kind::QueueFull`].
    pub max_queued: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { max_queued: 10_000 }
    }
}

/// What the driver is to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Start the exchange of this call, again if it has had one, asking for what [`Dispatcher::render`] says.
    Send(CallId),
    /// Look this call's action up in the page as deployed now, and tell [`Dispatcher::handle_recovered`].
    Recover(CallId),
    /// Break the exchange off; nothing that still comes of it matters.
    Abort(CallId),
    /// Send the user where the action redirected to, and ask for fresh data there if any is owed. Or see that the promise, which settles
    /// next, rejects with Next's own redirect error.
    Redirect { id: CallId, mode: RedirectMode, refresh: Option<Revalidated> },
    /// Ask the page's router for fresh data.
    Refresh(Revalidated),
    /// Load the page anew.
    Reload,
    /// Settle the caller's promise: with the value the driver holds, or with this error. Exactly once a call.
    Settle { id: CallId, result: Result<(), Error>, timings: Timings, attempts: u32 },
    /// The call is over: drop what is held for it. The last effect of every call.
    Forget(CallId),
    /// Tell listeners.
    Emit(Event),
}

/// Calls, lanes and time of one client.
#[derive(Debug, Default)]
pub struct Dispatcher {
    config: Config,
    calls: HashMap<CallId, Entry>,
    lanes: HashMap<LaneName, Lane>,
    /// The soonest first. One whose call has settled stays until it comes to the front, or until there are many.
    deadlines: BinaryHeap<Reverse<(Instant, CallId)>>,
    effects: VecDeque<Effect>,
    waiting: usize,
    running: usize,
    unsettled: usize,
    closed: bool,
    page: Page,
    refresh: Refresh,
    /// The call made last of those that have redirected.
    redirected: Option<CallId>,
    /// Until when nothing starts.
    leaving: Option<Instant>,
}

#[derive(Debug)]
struct Entry {
    options: Options,
    page: Page,
    state: State,
    phase: Phase,
    timings: Timings,
    /// How often it was sent.
    attempts: u32,
    sent: Sent,
    news: News,
    deadline: Option<Instant>,
    result: Option<Result<(), Error>>,
}

/// Where a running call is with an action the server did not know.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    /// It was not looked up.
    Sending,
    /// It is being looked up; this is the error if that is of no use.
    Looking(Error),
    /// It has been looked up: not again.
    Recovered,
}

impl Dispatcher {
    pub fn new(config: Config) -> Self {
        Self { config, ..Self::default() }
    }

    /// Takes a call in and gives it its place in its lane. It starts if it is ready and the lane is free. Settled at once with
    /// [`Kind::Closed`] or [`Kind::QueueFull`] where it cannot be taken. A known id is refused with [`Kind::Internal`].
    pub fn enqueue(&mut self, call: Call, now: Instant) -> Result<(), Error> {
        let Call { id, options, queued_at, page, ready } = call;
        if self.calls.contains_key(&id) {
            return Err(Error::new(Kind::Internal, format!("call {id} is there already")));
        }
        let timings = Timings { queued_at, ..Timings::default() };
        let lane = options.lane.clone();
        let entry = Entry {
            options,
            page,
            state: if ready { State::Waiting } else { State::Preparing },
            phase: Phase::Sending,
            timings,
            attempts: 0,
            sent: Sent::No,
            news: News::default(),
            deadline: None,
            result: None,
        };
        self.calls.insert(id, entry);
        self.lane_mut(&lane).push(id);
        self.waiting += 1;
        self.unsettled += 1;
        self.emit(id);
        if self.closed {
            self.fail(id, closed(), now);
        } else {
            self.take(id, &lane, now);
        }
        Ok(())
    }

    /// Gives a call up wherever it is. False when it was over, or never there.
    pub fn abort(&mut self, id: CallId, now: Instant) -> bool {
        let known = self.calls.contains_key(&id);
        self.fail(id, Error::new(Kind::Aborted, "the call was aborted"), now);
        known
    }

    /// Rejects what waits in one lane, or in all, with [`Kind::Cleared`]; what runs goes on. Gives back who that was.
    pub fn clear(&mut self, lane: Option<&LaneName>, now: Instant) -> Vec<CallId> {
        let waits = |entry: &Entry| matches!(entry.state, State::Preparing | State::Waiting);
        let here = |entry: &Entry| lane.is_none_or(|lane| *lane == entry.options.lane);
        let ids = self.ids(|entry| waits(entry) && here(entry));
        // Only then may a lane go on: nothing is started that is about to be dropped.
        let lanes: Vec<_> = ids.iter().filter_map(|&id| self.end(id, cleared(), now)).collect();
        lanes.iter().for_each(|lane| self.advance(lane, now));
        ids
    }

    /// Nothing more starts in this lane; what runs goes on.
    pub fn pause(&mut self, lane: &LaneName) {
        self.lane_mut(lane).set_paused(true);
    }

    pub fn resume(&mut self, lane: &LaneName, now: Instant) {
        self.lane_mut(lane).set_paused(false);
        self.advance(lane, now);
    }

    /// Rejects every open call with [`Kind::Closed`] and breaks off what drains; later calls are refused.
    pub fn close(&mut self, now: Instant) {
        self.closed = true;
        for id in self.ids(|_| true) {
            self.abandon(id);
            self.end(id, closed(), now);
        }
        self.lanes.clear();
        self.pay(self.effects.len(), now);
    }

    /// The body of the call is complete now.
    pub fn handle_ready(&mut self, id: CallId, now: Instant) {
        let Some(entry) = self.in_state(id, State::Preparing) else { return };
        entry.state = State::Waiting;
        let lane = entry.options.lane.clone();
        self.emit(id);
        self.advance(&lane, now);
    }

    /// The request has been handed to the host; from here on the action may have run.
    pub fn handle_sent(&mut self, id: CallId) {
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.sent = entry.sent.max(Sent::Unknown);
        }
    }

    /// The head of the answer arrived.
    pub fn handle_head(&mut self, id: CallId, news: News, now: Instant) {
        if let Some(entry) = self.in_state(id, State::Running) {
            entry.sent = Sent::Yes;
            entry.news = news;
            entry.timings.head_at.get_or_insert(now);
        }
    }

    /// The answer's own value arrived, be it an error the action threw: the slot is free, the rest of the answer drains.
    pub fn handle_value(&mut self, id: CallId, value: Result<(), Error>, now: Instant) {
        let Some(entry) = self.in_state(id, State::Running) else { return };
        entry.timings.value_at = Some(now);
        entry.state = State::Draining;
        let lane = entry.options.lane.clone();
        self.running -= 1;
        self.follow(id, &value, now);
        let at = self.effects.len();
        self.settle(id, value.map_err(|error| error.sent(Sent::Yes)), now);
        self.emit(id);
        self.lane_mut(&lane).free();
        self.advance(&lane, now);
        self.pay(at, now);
    }

    /// The answer is complete.
    pub fn handle_end(&mut self, id: CallId, now: Instant) {
        match self.calls.get(&id).map(|entry| entry.state) {
            Some(State::Draining) => self.finish(id),
            Some(State::Running) => self.fail(id, Error::new(Kind::Decode, "the answer ended before the value"), now),
            _ => {}
        }
    }

    /// The exchange failed and is over.
    pub fn handle_failure(&mut self, id: CallId, error: Error, now: Instant) {
        match self.calls.get(&id).map(|entry| entry.state) {
            // The caller has its value; the driver tells whoever reads on.
            Some(State::Draining) => self.finish(id),
            Some(_) => self.end_and_advance(id, error, now),
            None => {}
        }
    }

    /// Time has passed. A spurious wake-up does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.leaving.is_some_and(|at| at <= now) {
            self.handle_returned(now);
        }
        self.pay(self.effects.len(), now);
        while let Some(&Reverse((at, id))) = self.deadlines.peek() {
            if at > now {
                break;
            }
            self.deadlines.pop();
            if self.calls.get(&id).is_some_and(|entry| entry.deadline == Some(at)) {
                self.fail(id, self.overdue(id), now);
            }
        }
    }

    /// The next thing to do; ask until there is none.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When to call [`Dispatcher::handle_timeout`] next. Changes with every input.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let call = self.deadlines.peek().map(|&Reverse((at, _))| at);
        call.into_iter().chain(self.refresh.deadline()).chain(self.leaving).min()
    }

    /// What is to be asked of the server when this call is sent.
    pub fn render(&self, id: CallId) -> Render {
        self.calls.get(&id).map_or(Render::Auto, |entry| entry.options.render)
    }

    /// Which attempt at this call is the last so far, counting from 1; 0 before the first.
    pub fn attempts(&self, id: CallId) -> u32 {
        self.calls.get(&id).map_or(0, |entry| entry.attempts)
    }

    /// How many calls have not settled.
    pub fn pending(&self) -> usize {
        self.unsettled
    }

    /// How many calls wait in this lane.
    pub fn waiting_in(&self, lane: &LaneName) -> usize {
        self.lanes.get(lane).map_or(0, Lane::len)
    }

    pub fn state(&self, id: CallId) -> State {
        self.calls.get(&id).map_or(State::Done, |entry| entry.state)
    }

    pub fn timings(&self, id: CallId) -> Option<Timings> {
        self.calls.get(&id).map(|entry| entry.timings)
    }

    /// Every call that is not over, in order of calling.
    pub fn snapshot(&self) -> impl Iterator<Item = Event> {
        self.ids(|_| true).into_iter().filter_map(|id| Some(self.calls.get(&id)?.event(id)))
    }

    /// Calls that are not over, in order of calling.
    fn ids(&self, which: impl Fn(&Entry) -> bool) -> Vec<CallId> {
        let mut ids: Vec<_> = self.calls.iter().filter(|(_, entry)| which(entry)).map(|(&id, _)| id).collect();
        ids.sort_unstable();
        ids
    }

    /// Lets a new call start, or wait if not too many do.
    fn take(&mut self, id: CallId, lane: &LaneName, now: Instant) {
        self.advance(lane, now);
        if self.waiting > self.config.max_queued && matches!(self.state(id), State::Preparing | State::Waiting) {
            let message = format!("{} calls wait already (maxQueued)", self.config.max_queued);
            self.fail(id, Error::new(Kind::QueueFull, message), now);
        }
    }

    /// Ends a call with an error, breaking its exchange off where one runs.
    fn fail(&mut self, id: CallId, error: Error, now: Instant) {
        self.abandon(id);
        self.end_and_advance(id, error, now);
    }

    /// Breaks the exchange of a call off, where one runs.
    fn abandon(&mut self, id: CallId) {
        if matches!(self.state(id), State::Running | State::Draining) {
            self.effects.push_back(Effect::Abort(id));
        }
    }

    fn end_and_advance(&mut self, id: CallId, error: Error, now: Instant) {
        let at = self.effects.len();
        if let Some(lane) = self.end(id, error, now) {
            self.advance(&lane, now);
        }
        self.pay(at, now);
    }

    /// Ends a call whose exchange is over, or never was. Gives the lane in which something may start now.
    fn end(&mut self, id: CallId, error: Error, now: Instant) -> Option<LaneName> {
        let entry = self.calls.get(&id)?;
        let (state, name) = (entry.state, entry.options.lane.clone());
        // Action-not-found is the server's own word that it did not run the action.
        let sent = if error.kind() == Kind::ActionNotFound { Sent::No } else { entry.sent };
        // It answered, and then the answer broke off: what it made stale is stale.
        if let (State::Running, Some(what)) = (state, entry.news.revalidated) {
            self.refresh.owe(what, now);
        }
        self.settle(id, Err(error.sent(sent)), now);
        self.finish(id);
        if state == State::Running {
            self.running -= 1;
        }
        let lane = self.lanes.get_mut(&name)?;
        match state {
            State::Preparing | State::Waiting => {
                lane.leave();
                self.waiting -= 1;
            }
            State::Running => lane.free(),
            State::Draining | State::Done => return None,
        }
        Some(name)
    }

    /// Settles once; what comes later is not news.
    fn settle(&mut self, id: CallId, result: Result<(), Error>, now: Instant) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        if entry.result.is_some() {
            return;
        }
        entry.timings.settled_at = Some(now);
        entry.result = Some(result.clone());
        let (timings, attempts) = (entry.timings, entry.attempts);
        self.unsettled -= 1;
        self.effects.push_back(Effect::Settle { id, result, timings, attempts });
        self.set_deadline(id, None);
    }

    /// What was to happen to this call before does not any more.
    fn set_deadline(&mut self, id: CallId, at: Option<Instant>) {
        let Some(entry) = self.calls.get_mut(&id) else { return };
        let before = std::mem::replace(&mut entry.deadline, at);
        self.deadlines.extend(at.map(|at| Reverse((at, id))));
        if before.is_some() {
            self.forget_deadlines();
        }
    }

    /// Drops deadlines that no longer hold: those in front, so that nobody is woken for one, and all where they pile up.
    fn forget_deadlines(&mut self) {
        let calls = &self.calls;
        let holds = |Reverse((at, id)): &Reverse<(Instant, CallId)>| calls.get(id).is_some_and(|entry| entry.deadline == Some(*at));
        while self.deadlines.peek().is_some_and(|next| !holds(next)) {
            self.deadlines.pop();
        }
        if self.deadlines.len() > 2 * calls.len() + 32 {
            self.deadlines.retain(holds);
        }
    }

    fn finish(&mut self, id: CallId) {
        if let Some(mut entry) = self.calls.remove(&id) {
            entry.state = State::Done;
            self.effects.push_back(Effect::Emit(entry.event(id)));
            self.effects.push_back(Effect::Forget(id));
        }
    }

    /// Starts what may start in a lane.
    fn advance(&mut self, name: &LaneName, now: Instant) {
        if self.leaving.is_some() {
            return;
        }
        let Some(lane) = self.lanes.get_mut(name) else { return };
        let calls = &mut self.calls;
        while let Some(id) = lane.start(|id| calls.get(&id).map_or(Place::Left, Entry::place)) {
            let Some(entry) = calls.get_mut(&id) else { continue };
            entry.state = State::Running;
            entry.timings.started_at = Some(now);
            entry.attempts = 1;
            entry.deadline = entry.options.timeout.map(|limit| now.plus(limit));
            self.deadlines.extend(entry.deadline.map(|at| Reverse((at, id))));
            self.waiting -= 1;
            self.running += 1;
            self.effects.push_back(Effect::Emit(entry.event(id)));
            self.effects.push_back(Effect::Send(id));
        }
        if lane.is_idle() {
            self.lanes.remove(name);
        }
    }

    fn emit(&mut self, id: CallId) {
        if let Some(entry) = self.calls.get(&id) {
            self.effects.push_back(Effect::Emit(entry.event(id)));
        }
    }

    fn in_state(&mut self, id: CallId, state: State) -> Option<&mut Entry> {
        self.calls.get_mut(&id).filter(|entry| entry.state == state)
    }

    fn lane_mut(&mut self, name: &LaneName) -> &mut Lane {
        let order = if *name == LaneName::Parallel { Order::Parallel } else { Order::Serial };
        self.lanes.entry(name.clone()).or_insert_with(|| Lane::new(order))
    }
}

impl Entry {
    fn event(&self, id: CallId) -> Event {
        let recovered = self.state == State::Running && self.phase == Phase::Recovered;
        Event { id, lane: self.options.lane.clone(), state: self.state, timings: self.timings, recovered, result: self.result.clone() }
    }

    fn place(&self) -> Place {
        match self.state {
            State::Waiting => Place::Ready,
            State::Preparing => Place::NotReady,
            State::Running | State::Draining | State::Done => Place::Left,
        }
    }
}

fn cleared() -> Error {
    Error::new(Kind::Cleared, "the call was dropped from its lane")
}

fn closed() -> Error {
    Error::new(Kind::Closed, "the dispatcher is closed")
}
