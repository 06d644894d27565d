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

use crate::behaviour::{Behaviour, failure};
use crate::idempotency::{self, Fingerprint, Scope, Verdict};
use crate::rows;
use crate::seen::{self, Seen};
use crate::shared::{InWork, Shared};
use crate::wire::Wire;
use crate::wishes::{Wishes, millis};

pub(crate) async fn action(State(shared): State<Arc<Shared>>, ConnectInfo(wire): ConnectInfo<Wire>, request: Request) -> Response {
    match answer(shared, wire, request).await {
        Ok(response) => response,
        Err(wrong) => (StatusCode::BAD_REQUEST, wrong).into_response(),
    }
}

/// Longest body that is read, in bytes.
const LONGEST_BODY: usize = 64 << 20;

async fn answer(shared: Arc<Shared>, wire: Wire, request: Request) -> Result<Response, String> {
    let (head, body) = request.into_parts();
    let action = head.headers.get("next-action").and_then(|id| id.to_str().ok()).ok_or("no Next-Action header")?.to_owned();
    let wishes = Wishes::of_request(&head.uri, &head.headers)?.or(shared.defaults());
    let key = idempotency::key(&head.headers)?;
    let scope = key.clone().or_else(|| wishes.call.clone()).map(|key| Scope {
        user: idempotency::user(&head.headers),
        action: action.clone(),
        key,
    });
    let (in_work, arrival) = shared.arrived(scope.as_ref(), &wishes);
    let wishes = shared.with_drawn_fault(wishes, key.as_deref(), arrival)?;
    let name = wishes.behaviour.clone().unwrap_or_else(|| "ok".to_owned());
    shared.log.push(Seen { action, behaviour: name.clone(), url: head.uri.to_string(), headers: seen::by_name(&head.headers) });
    let behaviour = name.parse::<Behaviour>().map_err(|unknown| unknown.to_string())?;
    if !behaviour.reads_body() {
        let response = behaviour.answer(&wishes, "", &wire).await;
        drop(body);
        return Ok(response);
    }
    let body = to_bytes(body, LONGEST_BODY).await.map_err(|error| format!("the body: {error}"))?;
    if wishes.is_before() {
        sleep(millis(wishes.delay)).await;
    }
    let value = rows::value(&wishes, body.len());
    let outcome = if behaviour.succeeds() || !wishes.is_before() {
        let fingerprint = key.is_some().then(|| Fingerprint::of(&head.headers, &body));
        run_action(&shared, &wishes, scope, fingerprint, value.clone()).await
    } else {
        Outcome::Ran(value.clone())
    };
    if !wishes.is_before() {
        sleep(millis(wishes.delay)).await;
    }
    let mut response = match outcome {
        Outcome::Ran(value) => behaviour.answer(&wishes, &value, &wire).await,
        // A fault of the connection hides every answer.
        Outcome::InWork | Outcome::OtherBody if !behaviour.succeeds() => behaviour.answer(&wishes, &value, &wire).await,
        Outcome::InWork => failure(StatusCode::CONFLICT, Some(&wishes.busy.unwrap_or(1).to_string())),
        Outcome::OtherBody => failure(StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    if let Some(to) = &wishes.to {
        let to = HeaderValue::try_from(to).map_err(|error| format!("to: {error}"))?;
        response.headers_mut().insert("x-action-redirect", to);
    }
    if let Some(stale) = wishes.stale {
        response.headers_mut().insert("x-action-revalidated", stale.into());
    }
    Ok(response.map(|body| Body::new(CountedBody { body, _in_work: in_work })))
}

/// Result of the action.
enum Outcome {
    /// It has run, now or before, and returned this value.
    Ran(String),
    /// An earlier request with the same key still runs it.
    InWork,
    /// An earlier request with the same key had another body.
    OtherBody,
}

/// Runs the action if the idempotency key allows it. It runs to its end even if the client has gone.
async fn run_action(
    shared: &Arc<Shared>,
    wishes: &Wishes,
    scope: Option<Scope>,
    fingerprint: Option<Fingerprint>,
    value: String,
) -> Outcome {
    match fingerprint.zip(scope.as_ref()).map_or(Verdict::Run, |(body, scope)| shared.verdict(scope, body)) {
        Verdict::Run => {
            let (shared, work, gate, given) = (shared.clone(), millis(wishes.work), wishes.gate.clone(), value.clone());
            let running = tokio::spawn(async move {
                sleep(work).await;
                if let Some(gate) = gate {
                    shared.gates.pass(&gate).await;
                }
                if let Some(scope) = scope {
                    shared.ran(&scope, fingerprint.map(|_| given.as_str()));
                }
            });
            // This fails only if the server ends.
            let _ = running.await;
            Outcome::Ran(value)
        }
        Verdict::Stored(value) => Outcome::Ran(value),
        Verdict::InWork => Outcome::InWork,
        Verdict::OtherBody => Outcome::OtherBody,
    }
}

/// Body of an answer. The request counts as in work until the body has been sent, or the client has gone.
struct CountedBody {
    body: Body,
    _in_work: InWork,
}

impl HttpBody for CountedBody {
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
