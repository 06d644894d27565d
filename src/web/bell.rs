use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// A function for the page that wakes a task of ours. It does nothing else: the page may call it at any time.
pub(crate) struct Bell {
    wire: Rc<Wire>,
    closure: Closure<dyn Fn()>,
}

#[derive(Default)]
struct Wire {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Default for Bell {
    fn default() -> Self {
        let wire = Rc::<Wire>::default();
        let handle = Rc::clone(&wire);
        let closure = Closure::new(move || {
            handle.rung.set(true);
            if let Some(waker) = handle.waker.take() {
                waker.wake();
            }
        });
        Self { wire, closure }
    }
}

impl Bell {
    /// The function. Of no use once the bell is dropped.
    pub(crate) fn handle(&self) -> Function {
        self.closure.as_ref().unchecked_ref::<Function>().clone()
    }

    /// Waits until it has rung since the last time.
    pub(crate) fn rung(&self) -> impl Future<Output = ()> + Unpin {
        let wire = Rc::clone(&self.wire);
        std::future::poll_fn(move |context| {
            if wire.rung.take() {
                return Poll::Ready(());
            }
            wire.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
    }
}
