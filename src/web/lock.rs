use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::host::resolved;
use super::outcome::set;
use super::timer;

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
    Lost,
    /// It cannot be had, and this is what the browser said.
    Refused(JsValue),
}

struct Wire {
    stage: Cell<Stage>,
    asking: RefCell<Option<AbortController>>,
    let_go: RefCell<Option<Function>>,
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
    pub(crate) fn ask(name: String, patience: Option<Duration>, tell: impl Fn(Told) + 'static) -> Self {
        let wire = Rc::new(Wire { stage: Cell::new(Stage::Asked), asking: RefCell::default(), let_go: RefCell::default() });
        let lock = Self(Rc::clone(&wire));
        wasm_bindgen_futures::spawn_local(async move {
            let tell = Rc::new(tell);
            let ended = wire.run(&name, patience, &tell).await;
            match (wire.stage.replace(Stage::Over), ended) {
                (Stage::Asked, ended) => tell(Told::Refused(ended.err().unwrap_or_default())),
                (Stage::Held, _) => tell(Told::Lost),
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
    /// Until the lock is given back, lost, or cannot be had.
    async fn run<T: Fn(Told) + 'static>(self: &Rc<Self>, name: &str, patience: Option<Duration>, tell: &Rc<T>) -> Result<JsValue, JsValue> {
        if self.stage.get() == Stage::Over {
            return Ok(JsValue::UNDEFINED); // given up before it was asked for
        }
        let options = Object::new();
        if let Ok(controller) = AbortController::new() {
            set(&options, "signal", &controller.signal());
            self.asking.replace(Some(controller));
        }
        let asked = pin!(self.request(name, &options, tell));
        let stuck = pin!(self.stuck(name, patience));
        let asked = match select(asked, stuck).await {
            Either::Left((ended, _)) => return ended,
            Either::Right(((), asked)) => asked,
        };
        // Stealing leaves no place in the queue: this one is given up, unless it has just been granted.
        self.withdraw();
        let ended = asked.await;
        if self.stage.get() != Stage::Asked {
            return ended;
        }
        let options = Object::new();
        set(&options, "steal", &JsValue::TRUE);
        self.request(name, &options, tell).await
    }

    async fn request<T: Fn(Told) + 'static>(self: &Rc<Self>, name: &str, options: &Object, tell: &Rc<T>) -> Result<JsValue, JsValue> {
        let (wire, tell) = (Rc::clone(self), Rc::clone(tell));
        let granted = Closure::once(move |_lock: JsValue| -> JsValue {
            if wire.stage.get() != Stage::Asked {
                return JsValue::UNDEFINED; // given back at once
            }
            wire.stage.set(Stage::Held);
            let mut resolve = None;
            let held = Promise::new(&mut |let_go, _| resolve = Some(let_go));
            if let Some(let_go) = resolve {
                wire.let_go.replace(Some(let_go.clone()));
                tell(Told::Granted(let_go));
            }
            held.into()
        });
        resolved(request(name, options, granted.as_ref())).await
    }

    /// Asks no longer. No harm where it is held.
    fn withdraw(&self) {
        if let Some(controller) = self.asking.take() {
            controller.abort();
        }
    }

    /// Returns when the lock has not changed hands for `patience` while it is waited for.
    async fn stuck(&self, name: &str, patience: Option<Duration>) {
        let Some(patience) = patience else { return std::future::pending().await };
        let step = (patience.as_secs_f64() * 1000.0 / 4.0).clamp(1.0, f64::from(i32::MAX)) as u32;
        let mut first: Option<(Queue, crate::Instant)> = None;
        loop {
            TimeoutFuture::new(step).await;
            if self.stage.get() != Stage::Asked {
                return std::future::pending().await;
            }
            let Some(queue) = Queue::look(name).await else {
                first = None;
                continue;
            };
            let now = timer::now();
            match &first {
                Some((before, since)) if queue.may_follow(before) => {
                    if now.since(*since) >= patience && self.stage.get() == Stage::Asked {
                        return;
                    }
                }
                _ => first = Some((queue, now)),
            }
        }
    }
}

/// Who holds a lock, and who waits for it in which order. The browser names clients, which may wait several times.
struct Queue {
    holder: String,
    waiting: Vec<String>,
}

impl Queue {
    /// As it is now; none where nobody holds the lock, or it cannot be seen.
    async fn look(name: &str) -> Option<Self> {
        let all = resolved(query()).await.ok()?;
        let clients = |list: &str| -> Vec<String> {
            let list = Reflect::get(&all, &list.into()).map(|list| Array::from(&list)).unwrap_or_default();
            let text = |of: &JsValue, key: &str| Reflect::get(of, &key.into()).ok()?.as_string();
            list.iter().filter(|lock| text(lock, "name").as_deref() == Some(name)).filter_map(|lock| text(&lock, "clientId")).collect()
        };
        Some(Self { holder: clients("held").pop()?, waiting: clients("pending") })
    }

    /// Whether the lock may not have changed hands since: then the same client holds it, and at most more wait behind. If that client waits
    /// for it, too, and has been granted it anew, it no longer waits in front.
    fn may_follow(&self, before: &Self) -> bool {
        self.holder == before.holder && self.waiting.starts_with(&before.waiting)
    }
}
