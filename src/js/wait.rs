//! Waits for promises of the page and for other results that JavaScript reports. One closure serves all of them.
//! `JsFuture` would make two closures for each promise, which JavaScript's garbage collector has to track; a call
//! is 5 to 8 % faster without (measured with `cargo xtask bench dispatch`). Must not look into values.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::codes::outcome;

// The functions of `wait.js`.
#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type Functions;
    /// Hands in the closure that receives every result: `told(place, turn, kind, value)`, with a number of
    /// [`outcome`].
    #[wasm_bindgen(method)]
    fn hear(this: &Functions, told: &Function);
    #[wasm_bindgen(method, catch, js_name = wait)]
    fn wait_for(this: &Functions, place: u32, turn: u32, given: &JsValue) -> Result<(), JsValue>;
}

thread_local! {
    static PLACES: RefCell<Places> = const { RefCell::new(Places { all: Vec::new(), free: Vec::new() }) };
    static FUNCTIONS: RefCell<Option<Wired>> = const { RefCell::new(None) };
}

/// The functions, and the closure that they call.
struct Wired {
    functions: Functions,
    _on_report: OnReport,
}

/// The closure that receives every result.
type OnReport = Closure<dyn Fn(u32, u32, u32, JsValue)>;

/// All places, and the indices of those that are free.
struct Places {
    all: Vec<Place>,
    free: Vec<usize>,
}

/// A place in which one future after another waits.
#[derive(Default)]
struct Place {
    /// Number of the future that waits here now. Results for earlier ones are ignored.
    turn: u32,
    waker: Option<Waker>,
    report: Option<Report>,
}

/// A result: its kind, a number of [`outcome`], and the value that comes with it.
pub(crate) type Report = (u32, JsValue);

/// The address of a waiting future; JavaScript passes it back with the result.
#[derive(Clone, Copy)]
pub(crate) struct Ticket {
    pub(crate) place: u32,
    pub(crate) turn: u32,
}

/// Stores the functions of `wait.js` and connects the closure. Later calls do nothing.
pub(crate) fn set(functions: JsValue) {
    FUNCTIONS.with_borrow_mut(|wired| {
        wired.get_or_insert_with(|| {
            let functions: Functions = functions.unchecked_into();
            let on_report: OnReport = Closure::new(|place, turn, kind, value| settle(Ticket { place, turn }, (kind, value)));
            functions.hear(on_report.as_ref().unchecked_ref());
            Wired { functions, _on_report: on_report }
        });
    });
}

/// Stores a result and wakes its future. Ignores results for futures that are gone, and all but the first.
fn settle(ticket: Ticket, report: Report) {
    let waker = PLACES.with_borrow_mut(|places| {
        let place = places.all.get_mut(ticket.place as usize).filter(|place| place.turn == ticket.turn && place.report.is_none())?;
        place.report = Some(report);
        place.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Waits for one promise.
#[must_use = "futures do nothing unless polled"]
pub(crate) struct Wait(Seat);

/// Waits for one result of any kind.
#[must_use = "futures do nothing unless polled"]
pub(crate) struct WaitForReport(Seat);

/// A future's place; dropping it frees the place.
struct Seat(usize);

impl Wait {
    /// Waits for a promise or a thenable; any other value resolves to itself. Rejects with the error that a
    /// thenable throws.
    pub(crate) fn new(given: &JsValue) -> Self {
        Self::on(|Ticket { place, turn }| {
            // A thenable may run code of the page here, which may call back: borrow nothing meanwhile.
            let functions = FUNCTIONS.with_borrow(|wired| wired.as_ref().map(|wired| wired.functions.clone()));
            functions.map_or(Err(JsValue::UNDEFINED), |functions| functions.wait_for(place, turn, given))
        })
    }

    /// Waits for the result that `start` requests from JavaScript for this ticket. An error of `start` is a
    /// rejection.
    pub(crate) fn on(start: impl FnOnce(Ticket) -> Result<(), JsValue>) -> Self {
        Self(Seat::on(start))
    }
}

impl WaitForReport {
    /// Waits for the result that `start` requests, like [`Wait::on`], and returns its kind, too.
    pub(crate) fn on(start: impl FnOnce(Ticket) -> Result<(), JsValue>) -> Self {
        Self(Seat::on(start))
    }
}

impl Seat {
    fn on(start: impl FnOnce(Ticket) -> Result<(), JsValue>) -> Self {
        let (at, turn) = PLACES.with_borrow_mut(|Places { all, free }| {
            let at = free.pop().unwrap_or_else(|| {
                all.push(Place::default());
                all.len() - 1
            });
            (at, all[at].turn)
        });
        let seat = Self(at);
        let ticket = Ticket { place: at as u32, turn };
        if let Err(thrown) = start(ticket) {
            settle(ticket, (outcome::REJECTED, thrown));
        }
        seat
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Report> {
        PLACES.with_borrow_mut(|places| {
            let place = &mut places.all[self.0];
            match place.report.take() {
                Some(report) => Poll::Ready(report),
                None => {
                    place.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

impl Future for Wait {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(context).map(|(kind, value)| if kind == outcome::REJECTED { Err(value) } else { Ok(value) })
    }
}

impl Future for WaitForReport {
    type Output = Report;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Report> {
        self.0.poll(context)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let was = PLACES.with_borrow_mut(|places| {
            let place = &mut places.all[self.0];
            let was = std::mem::take(place);
            place.turn = was.turn.wrapping_add(1);
            places.free.push(self.0);
            was
        });
        drop(was);
    }
}

/// Returns the result of a function of the page; waits for it if it is a promise. A rejection may be any value, not
/// only an `Error`.
pub(crate) async fn resolved(given: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let given = given?;
    if given.is_object() { Wait::new(&given).await } else { Ok(given) }
}
