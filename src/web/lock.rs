//! Holds Web Locks: asked for in turn, given back, and taken from a tab that is frozen.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::time::Duration;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::timer;
use crate::js::object::set;
use crate::js::wait::resolved;

// `web-sys` has `LockManager` behind `web_sys_unstable_apis` only, a flag that whoever builds this crate would have to set.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request(name: &str, options: &Object, granted: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = query)]
    fn query() -> Result<JsValue, JsValue>;
}

/// An exclusive Web Lock that was asked for. The browser grants it in order of asking, and frees it itself where a tab is closed or crashes.
#[must_use = "dropping this gives the lock back, or asks for it no longer"]
pub(crate) struct Lock(Rc<Wire>);

/// What becomes of it. Nothing is told once the [`Lock`] is dropped.
pub(crate) enum Told {
    /// It is held. The function gives it back, too, for when this instance cannot.
    Granted(Function),
    /// Somebody has taken it who waited for too long.
    Taken,
    /// It cannot be had, and this is what the browser said.
    Refused(JsValue),
}

struct Wire {
    name: String,
    stage: Cell<Stage>,
    asking: RefCell<Option<AbortController>>,
    let_go: RefCell<Option<Function>>,
    /// Who has it may take the lock, until then.
    turn: RefCell<Option<Lock>>,
    /// How often it has been granted here, to whomever.
    grants: Cell<u32>,
}

thread_local! {
    /// The locks that are asked for here.
    static HERE: RefCell<Vec<Weak<Wire>>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked,
    Held,
    Over,
}

impl Lock {
    /// Asks for the lock. It is taken from a holder who keeps it for `patience` while it is waited for, and then some: nobody tells when a lock
    /// changes hands, so it is looked at four times in `patience`. None: it is waited for as long as it takes.
    ///
    /// Of many who wait one takes it. They take turns, by a lock `steal:{name}`, and whoever has the turn looks once more. What has been taken is
    /// known by a lock `stolen:{number}:{name}`, held as long: the browser's names of clients do not tell two dispatchers of one page apart.
    pub(crate) fn ask(name: String, patience: Option<Duration>, tell: impl Fn(Told) + 'static) -> Self {
        let wire = Rc::new(Wire {
            name,
            stage: Cell::new(Stage::Asked),
            asking: RefCell::default(),
            let_go: RefCell::default(),
            turn: RefCell::default(),
            grants: Cell::default(),
        });
        HERE.with_borrow_mut(|wires| {
            wires.retain(|wire| wire.strong_count() > 0);
            wires.push(Rc::downgrade(&wire));
        });
        let lock = Self(Rc::clone(&wire));
        wasm_bindgen_futures::spawn_local(async move {
            let tell: Rc<dyn Fn(Told)> = Rc::new(tell);
            let ended = wire.run(patience, &tell).await;
            match (wire.stage.replace(Stage::Over), ended) {
                (Stage::Asked, ended) => tell(Told::Refused(ended.err().unwrap_or_default())),
                (Stage::Held, _) => tell(Told::Taken),
                (Stage::Over, _) => {}
            }
        });
        lock
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.stage.set(Stage::Over);
        self.0.withdraw();
        if let Some(let_go) = self.0.let_go.take() {
            let _ = let_go.call0(&JsValue::UNDEFINED);
        }
    }
}

impl Wire {
    /// Until the lock is given back, taken, or cannot be had.
    async fn run(self: &Rc<Self>, patience: Option<Duration>, tell: &Rc<dyn Fn(Told)>) -> Result<JsValue, JsValue> {
        if self.stage.get() == Stage::Over {
            return Ok(JsValue::UNDEFINED); // given up before it was asked for
        }
        let options = Object::new();
        if let Ok(controller) = AbortController::new() {
            set(&options, "signal", &controller.signal());
            self.asking.replace(Some(controller));
        }
        let asked = pin!(self.request(&options, tell));
        let overdue = pin!(self.overdue(patience));
        let (turn, asked) = match select(asked, overdue).await {
            Either::Left((ended, _)) => return ended,
            Either::Right(found) => found,
        };
        if self.stage.get() != Stage::Asked {
            drop(turn);
            return asked.await;
        }
        // In one go, so that nobody comes between. The place in the queue is given up first, or the lock could be granted twice.
        self.withdraw();
        self.turn.replace(turn);
        let number = (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
        let mark = Lock::ask(format!("stolen:{number}:{}", self.name), None, |_| {});
        let options = Object::new();
        set(&options, "steal", &JsValue::TRUE);
        let ended = self.request(&options, tell).await;
        drop(self.turn.take());
        drop(mark);
        ended
    }

    async fn request(self: &Rc<Self>, options: &Object, tell: &Rc<dyn Fn(Told)>) -> Result<JsValue, JsValue> {
        let (wire, tell) = (Rc::clone(self), Rc::clone(tell));
        let granted = Closure::once(move |_lock: JsValue| -> JsValue {
            drop(wire.turn.take());
            if wire.stage.get() != Stage::Asked {
                return JsValue::UNDEFINED; // given back at once
            }
            wire.stage.set(Stage::Held);
            wire.count();
            let mut resolve = None;
            let held = Promise::new(&mut |let_go, _| resolve = Some(let_go));
            if let Some(let_go) = resolve {
                wire.let_go.replace(Some(let_go.clone()));
                tell(Told::Granted(let_go));
            }
            held.into()
        });
        resolved(request(&self.name, options, granted.as_ref())).await
    }

    /// All who wait here hear that it has been granted.
    fn count(&self) {
        HERE.with_borrow(|wires| {
            for wire in wires.iter().filter_map(Weak::upgrade).filter(|wire| wire.name == self.name) {
                wire.grants.set(wire.grants.get().wrapping_add(1));
            }
        });
    }

    /// Asks no longer. No harm where it is held.
    fn withdraw(&self) {
        if let Some(controller) = self.asking.take() {
            controller.abort();
        }
    }

    /// Returns when the lock may be taken from its holder, as long as what is given is kept.
    async fn overdue(&self, patience: Option<Duration>) -> Option<Lock> {
        let Some(patience) = patience else { return std::future::pending().await };
        loop {
            let before = self.stuck(patience).await;
            let turn = held(format!("steal:{}", self.name), patience).await;
            if self.look().await.is_some_and(|queue| queue.is_still(&before)) {
                return turn;
            }
        }
    }

    /// Returns when the lock has not changed hands for `patience` while it is waited for: who waited and held it first.
    async fn stuck(&self, patience: Duration) -> Queue {
        let step = (patience.as_secs_f64() * 1000.0 / 4.0).clamp(1.0, f64::from(i32::MAX)) as u32;
        let mut first: Option<(Queue, crate::Instant)> = None;
        loop {
            TimeoutFuture::new(step).await;
            if self.stage.get() != Stage::Asked {
                return std::future::pending().await;
            }
            let Some(queue) = self.look().await else {
                first = None;
                continue;
            };
            let now = timer::now();
            first = Some(match first.take() {
                Some((before, since)) if queue.is_still(&before) => {
                    if now.since(since) >= patience && self.stage.get() == Stage::Asked {
                        return before;
                    }
                    (before, since)
                }
                _ => (queue, now),
            });
        }
    }

    /// As it is now; none where nobody holds the lock, or it cannot be seen.
    async fn look(&self) -> Option<Queue> {
        let all = resolved(query()).await.ok()?;
        let locks = |list: &str| Reflect::get(&all, &list.into()).map(|list| Array::from(&list).to_vec()).unwrap_or_default();
        let text = |of: &JsValue, key: &str| Reflect::get(of, &key.into()).ok()?.as_string();
        let clients = |list: &[JsValue]| -> Vec<String> {
            list.iter()
                .filter(|lock| text(lock, "name").as_deref() == Some(self.name.as_str()))
                .filter_map(|lock| text(lock, "clientId"))
                .collect()
        };
        let held = locks("held");
        let is_mark =
            |mark: &String| mark.strip_prefix("stolen:").and_then(|mark| mark.split_once(':')).is_some_and(|(_, of)| of == self.name);
        let marks = held.iter().filter_map(|lock| text(lock, "name")).filter(is_mark).collect();
        Some(Queue { holder: clients(&held).pop()?, waiting: clients(&locks("pending")), marks, grants: self.grants.get() })
    }
}

/// Waits for a lock, which may take forever. It is there when this returns.
async fn held(name: String, patience: Duration) -> Option<Lock> {
    let mut lock = None;
    let granted = Promise::new(&mut |granted, _| {
        let tell = move |told| {
            if let Told::Granted(_) = told {
                let _ = granted.call0(&JsValue::UNDEFINED);
            }
        };
        lock = Some(Lock::ask(name.clone(), Some(patience), tell));
    });
    let _ = resolved(Ok(granted.into())).await;
    lock
}

/// Who holds a lock, and who waits for it in which order. The browser names clients, which may wait several times.
struct Queue {
    holder: String,
    waiting: Vec<String>,
    /// The marks that it has been taken.
    marks: Vec<String>,
    /// How often it has been granted here.
    grants: u32,
}

impl Queue {
    /// Whether the lock has not changed hands since: then the same client holds it, and at most more wait behind. Who has been granted it anew
    /// waits in front no longer; among dispatchers of one page, which are one client, it is counted. Where it was taken there is another mark.
    fn is_still(&self, before: &Self) -> bool {
        let marks = |of: &Self, other: &Self| of.marks.iter().all(|mark| other.marks.contains(mark));
        self.grants == before.grants
            && self.holder == before.holder
            && marks(self, before)
            && marks(before, self)
            && self.waiting.starts_with(&before.waiting)
    }
}
