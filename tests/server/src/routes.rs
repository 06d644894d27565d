//! Maps requests to their answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path as Rest, Query, RawQuery, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::action::action;
use crate::app::app;
use crate::behaviour::login;
use crate::ledger::Ledger;
use crate::page::{self, Csp, Load};
use crate::seen::{Seen, by_name};
use crate::shared::Shared;
use crate::wasm::Wasm;
use crate::wishes::Wishes;

/// Returns a router for every request that the server answers.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    if shared.app.is_some() {
        return Router::new().route("/__seen", get(seen)).fallback(app).with_state(shared);
    }
    Router::new()
        .route("/", get(page).post(action))
        .route("/page/{*path}", get(page))
        .route("/soak", get(soak))
        .route("/login", any(login))
        .route("/{file}", get(beside).post(action))
        .route("/cors/{file}", get(beside_for_all))
        .route("/pkg/{*path}", get(package_file))
        .route("/ledger", get(ledger).delete(forget))
        .route("/__misbehave", post(misbehave))
        .route("/__gate", post(open_gate))
        .route("/__pass", get(pass))
        .route("/__wasm", post(toggle_wasm))
        .route("/__seen", get(seen))
        .route("/__echo", any(echo))
        .fallback(post(action))
        .with_state(shared)
}

#[derive(Deserialize)]
struct PageQuery {
    #[serde(default)]
    load: Load,
    #[serde(default)]
    csp: Csp,
    tag: Option<String>,
}

async fn page(Query(query): Query<PageQuery>) -> Response {
    let mut response = Html(page::html(query.load, query.tag.as_deref())).into_response();
    if let Some(policy) = query.csp.policy() {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    response
}

async fn soak() -> Html<&'static str> {
    Html(include_str!("../pages/soak.html"))
}

async fn beside(State(shared): State<Arc<Shared>>, Rest(file): Rest<String>) -> Response {
    shared.wasm(|wasm| wasm.answer(&shared.package, &format!("dist/{file}")))
}

async fn beside_for_all(shared: State<Arc<Shared>>, file: Rest<String>) -> Response {
    let mut response = beside(shared, file).await;
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn package_file(State(shared): State<Arc<Shared>>, Rest(path): Rest<String>) -> Response {
    shared.wasm(|wasm| wasm.answer(&shared.package, &path))
}

async fn ledger(State(shared): State<Arc<Shared>>) -> Json<Ledger> {
    Json(shared.ledger())
}

async fn forget(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.forget();
    StatusCode::NO_CONTENT
}

async fn misbehave(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    match Wishes::parse(query.as_deref().unwrap_or_default()) {
        Ok(wishes) => {
            shared.set_defaults(wishes);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(wrong) => (StatusCode::BAD_REQUEST, wrong).into_response(),
    }
}

#[derive(Deserialize)]
struct Gate {
    name: String,
}

async fn open_gate(State(shared): State<Arc<Shared>>, Query(gate): Query<Gate>) -> StatusCode {
    shared.gates.open(gate.name);
    StatusCode::NO_CONTENT
}

async fn pass(State(shared): State<Arc<Shared>>, Query(gate): Query<Gate>) -> &'static str {
    shared.gates.pass(&gate.name).await;
    "through"
}

#[derive(Deserialize)]
struct Toggle {
    serve: Wasm,
}

async fn toggle_wasm(State(shared): State<Arc<Shared>>, Query(toggle): Query<Toggle>) -> StatusCode {
    shared.wasm(|_| ((), toggle.serve));
    StatusCode::NO_CONTENT
}

/// A request to a route handler, as it arrived.
#[derive(Serialize)]
struct Echo {
    method: String,
    headers: BTreeMap<String, String>,
    body: String,
}

async fn echo(method: Method, headers: HeaderMap, body: String) -> Json<Echo> {
    Json(Echo { method: method.to_string(), headers: by_name(&headers), body })
}

async fn seen(State(shared): State<Arc<Shared>>) -> Json<Vec<Seen>> {
    Json(shared.log.all())
}
