//! A function for the page that wakes a task of ours.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Function;
use wasm_bindgen::prelude::*;

/// It does nothing else: the page may call it at any time.
#[derive(Clone, Default)]
pub(crate) struct Bell(Rc<Wire>);

#[derive(Default)]
struct Wire {
    rung: Cell<bool>,
    waker: RefCell<Option<Waker>>,
    /// Made when it is asked for.
    closure: OnceCell<Closure<dyn Fn()>>,
}

impl Bell {
    /// The function. Of no use once every bell of its kind is dropped.
    pub(crate) fn handle(&self) -> Function {
        let closure = self.0.closure.get_or_init(|| {
            let wire = Rc::downgrade(&self.0);
            Closure::new(move || {
                let Some(wire) = wire.upgrade() else { return };
                wire.rung.set(true);
                if let Some(waker) = wire.waker.take() {
                    waker.wake();
                }
            })
        });
        closure.as_ref().unchecked_ref::<Function>().clone()
    }

    /// Waits until it has rung since the last time.
    pub(crate) fn rung(&self) -> impl Future<Output = ()> + Unpin {
        let wire = Rc::clone(&self.0);
        std::future::poll_fn(move |context| {
            if wire.rung.take() {
                return Poll::Ready(());
            }
            wire.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
    }
}
