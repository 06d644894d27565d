//! Answers an action request: runs the action and misbehaves as requested.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use tokio::time::sleep;

use crate::asked::{Asked, millis};
use crate::behaviour::{Behaviour, failure};
use crate::recipe::{self, Fingerprint, Scope, Verdict};
use crate::rows;
use crate::seen::{self, Seen};
use crate::shared::{InWork, Shared};
use crate::wire::Wire;

pub(crate) async fn action(State(shared): State<Arc<Shared>>, ConnectInfo(wire): ConnectInfo<Wire>, request: Request) -> Response {
    match answer(shared, wire, request).await {
        Ok(response) => response,
        Err(wrong) => (StatusCode::BAD_REQUEST, wrong).into_response(),
    }
}

/// Longest body that is read, in bytes.
const LONGEST: usize = 64 << 20;

async fn answer(shared: Arc<Shared>, wire: Wire, request: Request) -> Result<Response, String> {
    let (head, body) = request.into_parts();
    let action = head.headers.get("next-action").and_then(|id| id.to_str().ok()).ok_or("no Next-Action header")?.to_owned();
    let asked = Asked::by(&head.uri, &head.headers)?.or(shared.setting());
    let key = recipe::key(&head.headers)?;
    let scope =
        key.clone().or_else(|| asked.call.clone()).map(|key| Scope { user: recipe::user(&head.headers), action: action.clone(), key });
    let (in_work, arrival) = shared.arrived(scope.as_ref(), &asked);
    let asked = shared.cast(asked, key.as_deref(), arrival)?;
    let name = asked.behaviour.clone().unwrap_or_else(|| "ok".to_owned());
    shared.log.push(Seen { action, behaviour: name.clone(), url: head.uri.to_string(), headers: seen::by_name(&head.headers) });
    let behaviour = name.parse::<Behaviour>().map_err(|unknown| unknown.to_string())?;
    if !behaviour.reads() {
        let response = behaviour.answer(&asked, "", &wire).await;
        drop(body);
        return Ok(response);
    }
    let body = to_bytes(body, LONGEST).await.map_err(|error| format!("the body: {error}"))?;
    if asked.is_before() {
        sleep(millis(asked.delay)).await;
    }
    let value = rows::value(&asked, body.len());
    let gone = if behaviour.succeeds() || !asked.is_before() {
        let keyed = key.is_some().then(|| Fingerprint::of(&head.headers, &body));
        act(&shared, &asked, scope, keyed, value.clone()).await
    } else {
        Gone::Ran(value.clone())
    };
    if !asked.is_before() {
        sleep(millis(asked.delay)).await;
    }
    let mut response = match gone {
        Gone::Ran(value) => behaviour.answer(&asked, &value, &wire).await,
        // A fault of the connection hides every answer.
        Gone::InWork | Gone::OtherBody if !behaviour.succeeds() => behaviour.answer(&asked, &value, &wire).await,
        Gone::InWork => failure(StatusCode::CONFLICT, Some(&asked.busy.unwrap_or(1).to_string())),
        Gone::OtherBody => failure(StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    if let Some(to) = &asked.to {
        let to = HeaderValue::try_from(to).map_err(|error| format!("to: {error}"))?;
        response.headers_mut().insert("x-action-redirect", to);
    }
    if let Some(stale) = asked.stale {
        response.headers_mut().insert("x-action-revalidated", stale.into());
    }
    Ok(response.map(|body| Body::new(Held { body, _in_work: in_work })))
}

/// Result of the action.
enum Gone {
    /// It has run, now or before, and returned this value.
    Ran(String),
    /// An earlier request with the same key still runs it.
    InWork,
    /// An earlier request with the same key had another body.
    OtherBody,
}

/// Runs the action if the key recipe allows it. It runs to its end even if the client has gone.
async fn act(shared: &Arc<Shared>, asked: &Asked, scope: Option<Scope>, keyed: Option<Fingerprint>, value: String) -> Gone {
    match keyed.zip(scope.as_ref()).map_or(Verdict::Run, |(body, scope)| shared.verdict(scope, body)) {
        Verdict::Run => {
            let (shared, work, gate, given) = (shared.clone(), millis(asked.work), asked.gate.clone(), value.clone());
            let running = tokio::spawn(async move {
                sleep(work).await;
                if let Some(gate) = gate {
                    shared.gates.pass(&gate).await;
                }
                if let Some(scope) = scope {
                    shared.ran(&scope, keyed.map(|_| given.as_str()));
                }
            });
            // This fails only if the server ends.
            let _ = running.await;
            Gone::Ran(value)
        }
        Verdict::Stored(value) => Gone::Ran(value),
        Verdict::InWork => Gone::InWork,
        Verdict::OtherBody => Gone::OtherBody,
    }
}

/// Body of an answer. The request counts as in work until the body has been sent, or the client has gone.
struct Held {
    body: Body,
    _in_work: InWork,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
