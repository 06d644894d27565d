//! Which request gets which answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path as Rest, Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::behaviour::Behaviour;
use crate::files;
use crate::page::{self, Csp, Load};
use crate::seen::{Log, Seen};

/// Everything the server answers.
pub(crate) fn router(package: &Path) -> Router {
    let state = Arc::new(Shared { package: package.to_owned(), serves_wasm: AtomicBool::new(true), log: Log::default() });
    Router::new()
        .route("/", get(page).post(action))
        .route("/actionlane.js", get(drop_in))
        .route("/pkg/{*path}", get(package_file))
        .route("/__wasm", post(toggle_wasm))
        .route("/__seen", get(seen))
        .fallback(post(action))
        .with_state(state)
}

struct Shared {
    package: PathBuf,
    serves_wasm: AtomicBool,
    log: Log,
}

#[derive(Deserialize)]
struct PageQuery {
    #[serde(default)]
    load: Load,
    #[serde(default)]
    csp: Csp,
}

async fn page(Query(query): Query<PageQuery>) -> Response {
    let mut response = Html(page::html(query.load)).into_response();
    if let Some(policy) = query.csp.policy() {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    response
}

async fn drop_in(State(shared): State<Arc<Shared>>) -> Response {
    files::serve(&shared.package, "dist/actionlane.js")
}

async fn package_file(State(shared): State<Arc<Shared>>, Rest(path): Rest<String>) -> Response {
    if path.ends_with(".wasm") && !shared.serves_wasm.load(Ordering::Relaxed) {
        return (StatusCode::NOT_FOUND, "missing on request").into_response();
    }
    files::serve(&shared.package, &path)
}

#[derive(Deserialize)]
struct Toggle {
    serve: u8,
}

async fn toggle_wasm(State(shared): State<Arc<Shared>>, Query(toggle): Query<Toggle>) -> StatusCode {
    shared.serves_wasm.store(toggle.serve != 0, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

async fn seen(State(shared): State<Arc<Shared>>) -> Response {
    let seen = serde_json::to_vec(&shared.log.all()).unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], seen).into_response()
}

#[derive(Deserialize)]
struct ActionQuery {
    #[serde(rename = "do", default)]
    behaviour: Option<String>,
    #[serde(default)]
    ms: u64,
}

async fn action(State(shared): State<Arc<Shared>>, Query(query): Query<ActionQuery>, headers: HeaderMap) -> Response {
    let Some(action) = headers.get("next-action").and_then(|id| id.to_str().ok()) else {
        return (StatusCode::BAD_REQUEST, "no Next-Action header").into_response();
    };
    let name = query.behaviour.unwrap_or_else(|| "ok".to_owned());
    shared.log.push(Seen { action: action.to_owned(), behaviour: name.clone() });
    match name.parse::<Behaviour>() {
        Ok(behaviour) => behaviour.answer(Duration::from_millis(query.ms)).await,
        Err(unknown) => (StatusCode::BAD_REQUEST, unknown.to_string()).into_response(),
    }
}
