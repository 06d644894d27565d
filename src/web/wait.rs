use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// A promise of the page's, waited for. `JsFuture` makes two closures for each, which JavaScript's garbage collector must be told of; this
/// has one for all, and costs half.
#[must_use = "futures do nothing unless polled"]
pub(crate) struct Wait {
    place: usize,
}

thread_local! {
    static PLACES: RefCell<Places> = const { RefCell::new(Places { all: Vec::new(), free: Vec::new() }) };
    /// `wait` of `wait.js`, and what it calls.
    static TELLS: RefCell<Option<(Function, Told)>> = const { RefCell::new(None) };
}

type Told = Closure<dyn Fn(u32, u32, bool, JsValue)>;

struct Places {
    all: Vec<Place>,
    free: Vec<usize>,
}

/// Where one is waited for, and after that another.
#[derive(Default)]
struct Place {
    /// Whose turn it is: what an earlier one comes to later concerns nobody.
    turn: u32,
    waker: Option<Waker>,
    settled: Option<Result<JsValue, JsValue>>,
}

/// `wait`: that of `wait.js`, which the package hands in. The first one stays: it is told through what was made for it.
pub(super) fn set(wait: JsValue) {
    TELLS.with_borrow_mut(|tells| _ = tells.get_or_insert_with(|| (wait.unchecked_into(), Closure::new(told))));
}

fn told(place: u32, turn: u32, fulfilled: bool, value: JsValue) {
    let waker = PLACES.with_borrow_mut(|places| {
        let place = places.all.get_mut(place as usize).filter(|place| place.turn == turn && place.settled.is_none())?;
        place.settled = Some(if fulfilled { Ok(value) } else { Err(value) });
        place.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Wait {
    /// Also for what is no promise. It rejects with whatever is thrown by one that only looks like one.
    pub(crate) fn new(given: &JsValue) -> Self {
        let (place, turn) = PLACES.with_borrow_mut(|Places { all, free }| {
            let place = free.pop().unwrap_or_else(|| {
                all.push(Place::default());
                all.len() - 1
            });
            (place, all[place].turn)
        });
        // A promise may run code of the page here, which may come back.
        let tells = TELLS.with_borrow(|tells| tells.as_ref().map(|(wait, told)| (wait.clone(), told.as_ref().clone())));
        let asked = match tells {
            Some((wait, told)) => wait.call4(&JsValue::UNDEFINED, given, &(place as u32).into(), &turn.into(), &told),
            None => Err(JsValue::UNDEFINED),
        };
        if let Err(thrown) = asked {
            told(place as u32, turn, false, thrown);
        }
        Self { place }
    }
}

impl Future for Wait {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        PLACES.with_borrow_mut(|places| {
            let place = &mut places.all[self.place];
            match place.settled.take() {
                Some(settled) => Poll::Ready(settled),
                None => {
                    place.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        let was = PLACES.with_borrow_mut(|places| {
            let place = &mut places.all[self.place];
            let was = std::mem::take(place);
            place.turn = was.turn.wrapping_add(1);
            places.free.push(self.place);
            was
        });
        drop(was);
    }
}
