//! A payment page in Leptos that calls the Server Actions of a Next.js app. Knows no action; `shop.rs` does.

mod calls;
mod checkout;
mod shop;
mod unmount;

use leptos::either::Either;
use leptos::mount::mount_to_body;
use leptos::prelude::*;
use leptos_router::components::{A, Route, Router, Routes};
use leptos_router::hooks::use_navigate;
use leptos_router::path;

use crate::calls::Calls;
use crate::checkout::Checkout;
use crate::shop::{Actions, Shop};

fn main() {
    console_error_panic_hook::set_once();
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let actions = LocalResource::new(Actions::load);
    let pages = move || {
        Suspend::new(async move {
            match actions.await {
                Ok(actions) => Either::Left(view! { <Pages actions/> }),
                Err(error) => Either::Right(view! { <p id="closed">"The shop is closed. " {error.to_string()}</p> }),
            }
        })
    };
    view! { <Router><Suspense>{pages}</Suspense></Router> }
}

#[component]
fn Pages(actions: Actions) -> impl IntoView {
    provide_context(StoredValue::new_local(Shop::new(actions, use_navigate())));
    view! {
        <nav><A href="/checkout">"Checkout"</A> <A href="/login">"Log in"</A></nav>
        <Routes fallback=|| "There is no such page.">
            <Route path=path!("/checkout") view=Checkout/>
            <Route path=path!("/login") view=|| view! { <h1>"Log in"</h1> }/>
        </Routes>
        <Calls/>
    }
}
