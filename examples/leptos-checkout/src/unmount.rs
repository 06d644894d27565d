//! Runs futures that end with their component. Knows no call.

use futures::future::{Future, abortable};
use leptos::prelude::on_cleanup;
use leptos::task::spawn_local;

/// Runs a future. It is dropped when the component is unmounted in which this is called, also from an event's handler.
///
/// Leptos' own `spawn_local_scoped_with_cancellation` does not: its task keeps the page's owner alive, so a page that
/// the router has left is not cleaned up before the task has ended.
pub fn until_unmount(future: impl Future<Output = ()> + 'static) {
    let (future, handle) = abortable(future);
    on_cleanup(move || handle.abort());
    spawn_local(async move { _ = future.await });
}
