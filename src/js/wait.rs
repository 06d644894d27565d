//! Waits for promises of the page, and for whatever else its side tells of. `JsFuture` makes two closures for each promise, of which JavaScript's garbage
//! collector must be told; here one serves all. A call costs 5 to 8 % less (measured with `cargo xtask bench dispatch`).

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::numbers::told;

// The functions of `wait.js`.
#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type Functions;
    /// Hands in what hears of everything that is waited for: `told(place, turn, kind, value)`, with a number of [`told`].
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
    _told: Hears,
}

type Hears = Closure<dyn Fn(u32, u32, u32, JsValue)>;

struct Places {
    all: Vec<Place>,
    free: Vec<usize>,
}

/// Where one is waited for, and after that another.
#[derive(Default)]
struct Place {
    /// Counts those that were waited for here; what comes of an earlier one is ignored.
    turn: u32,
    waker: Option<Waker>,
    told: Option<Told>,
}

/// Holds what was told, as a number of [`told`], and what comes with it.
pub(crate) type Told = (u32, JsValue);

/// Names a place, for who settles it.
#[derive(Clone, Copy)]
pub(crate) struct Ticket {
    pub(crate) place: u32,
    pub(crate) turn: u32,
}

/// `functions`: those of `wait.js`, which the package hands in. The first stay.
pub(crate) fn set(functions: JsValue) {
    FUNCTIONS.with_borrow_mut(|wired| {
        wired.get_or_insert_with(|| {
            let functions: Functions = functions.unchecked_into();
            let told: Hears = Closure::new(|place, turn, kind, value| settle(Ticket { place, turn }, (kind, value)));
            functions.hear(told.as_ref().unchecked_ref());
            Wired { functions, _told: told }
        });
    });
}

fn settle(ticket: Ticket, told: Told) {
    let waker = PLACES.with_borrow_mut(|places| {
        let place = places.all.get_mut(ticket.place as usize).filter(|place| place.turn == ticket.turn && place.told.is_none())?;
        place.told = Some(told);
        place.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Waits for one promise.
#[must_use = "futures do nothing unless polled"]
pub(crate) struct Wait(Seat);

/// Waits for one thing that is told, whatever it is.
#[must_use = "futures do nothing unless polled"]
pub(crate) struct WaitForAny(Seat);

/// A place that is free again once this is dropped.
struct Seat(usize);

impl Wait {
    /// Waits for what is given; also for what is no promise. It rejects with whatever is thrown by one that only looks like one.
    pub(crate) fn new(given: &JsValue) -> Self {
        Self::on(|Ticket { place, turn }| {
            // A promise may run code of the page here, which may come back.
            let functions = FUNCTIONS.with_borrow(|wired| wired.as_ref().map(|wired| wired.functions.clone()));
            functions.map_or(Err(JsValue::UNDEFINED), |functions| functions.wait_for(place, turn, given))
        })
    }

    /// Waits for what `start` asks somebody to tell of. If that throws, it was rejected with it.
    pub(crate) fn on(start: impl FnOnce(Ticket) -> Result<(), JsValue>) -> Self {
        Self(Seat::on(start))
    }
}

impl WaitForAny {
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
            settle(ticket, (told::REJECTED, thrown));
        }
        seat
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Told> {
        PLACES.with_borrow_mut(|places| {
            let place = &mut places.all[self.0];
            match place.told.take() {
                Some(told) => Poll::Ready(told),
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
        self.0.poll(context).map(|(kind, value)| if kind == told::REJECTED { Err(value) } else { Ok(value) })
    }
}

impl Future for WaitForAny {
    type Output = Told;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Told> {
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

/// What a function of the page gave back, waited for where it is a promise. A rejection may hold anything, not only an `Error`.
pub(crate) async fn resolved(given: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let given = given?;
    if given.is_object() { Wait::new(&given).await } else { Ok(given) }
}
