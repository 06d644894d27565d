//! Declares the options of the package, each once, with its meaning, unit and default. Reads none:
//! `defaults.rs` does.
//!
//! `pkg/lib/options.js` checks names and types before the wasm is loaded, and `pkg/index.d.ts` documents them for
//! users. A test holds the three lists equal. Times are in milliseconds; `Infinity` is no limit.

mod defaults;

use wasm_bindgen::prelude::*;

use crate::js::options::options;
pub(super) use defaults::{Choice, LayeredOptions};

options! {
    /// Options of one call. A dispatcher has them, too, for calls that do not set them.
    CallOptions {
        /// Lane in which the call waits. `"parallel"` runs calls at once. Default `"main"`.
        lane lane set_lane String,
        /// Strategy of a call while others with its key are pending: `"queue"`, `"queue last"`, `"drop"`,
        /// `"replace"` or `"join"`. Default: the lane's.
        strategy strategy set_strategy String,
        /// Key by which the strategy finds pending calls. Default: the lane and the action.
        key key set_key String,
        /// Longest time from sending to the value, in ms, for each attempt. Default none.
        timeout timeout set_timeout f64,
        /// Longest time without a byte once the head has arrived, in ms. Default none.
        stallTimeout stall_timeout set_stall_timeout f64,
        /// Longest time from the call to the value, in ms, with all attempts and all waiting. Default none.
        deadline deadline set_deadline f64,
        /// Retries after a failure. Default none.
        retry retry set_retry RetryOptions,
        /// Idempotency key: `true` to have one made, a text to set it, `false` for none. Default `false`.
        idempotencyKey idempotency_key set_idempotency_key JsValue,
        /// Exported name of the action, by which skew recovery finds its new id. Default none.
        name name set_name String,
        /// Handling of a redirect: `"follow"` or `"throw"`. Default `"follow"`.
        redirect redirect set_redirect String,
        /// Rendering of the page into the answer: `"auto"`, or `"skip"` to ask the server not to. Default `"auto"`.
        render render set_render String,
        /// Handling of an action that the server does not know: `"recover"`, `"fail"` or `"reload"`. Default
        /// `"recover"`.
        skew skew set_skew String,
        /// True if the request may outlive the page. Default `true`.
        keepalive keepalive set_keepalive bool,
        /// Headers that identify the request in traces and logs. Default none.
        trace trace set_trace TraceOptions,
        /// Storage in the outbox until the call is answered. Default none.
        durable durable set_durable DurableOptions,
    }
}

options! {
    /// Retries. An option that is missing here has its default; it is not taken from the dispatcher's.
    RetryOptions {
        /// Highest number of attempts after the first. Default 0.
        limit limit set_limit u32,
        /// Longest time from the first attempt to the start of the last, in ms. Default 30 000.
        budget budget set_budget f64,
        /// Longest wait before the second attempt, in ms; it doubles with each further one. Default 300.
        delay delay set_delay f64,
        /// Longest wait before any attempt, in ms. Default 10 000.
        backoffLimit backoff_limit set_backoff_limit f64,
        /// Longest `Retry-After` that is honoured, in ms; a longer one counts as this. Default 60 000.
        maxRetryAfter max_retry_after set_max_retry_after f64,
    }
}

options! {
    /// Headers that identify a request in traces and logs. For each: `true` to have it made, a text to set it,
    /// `false` for none. Default none.
    TraceOptions {
        /// `traceparent`, of W3C Trace Context.
        traceparent traceparent set_traceparent JsValue,
        /// `x-request-id`.
        requestId request_id set_request_id JsValue,
    }
}

options! {
    /// Storage of a call in the outbox.
    DurableOptions {
        /// Longest time it is stored, in ms. The package always sets it.
        ttl ttl set_ttl f64,
    }
}

options! {
    /// Options of a dispatcher.
    DispatcherOptions {
        /// Highest number of calls that may wait, in all lanes together. Default 10 000.
        maxQueued max_queued set_max_queued u32,
        /// Largest body that is sent, in bytes; `Infinity` for no limit. Default 1 048 576.
        maxBodyBytes max_body_bytes set_max_body_bytes f64,
        /// Behaviour of calls without a network: they `"wait"` or `"fail"`. Default `"wait"`.
        offline offline set_offline String,
        /// Scope of the order in a lane: calls take turns within the `"dispatcher"`, or over all tabs of the
        /// `"origin"`. Default `"dispatcher"`.
        scope scope set_scope String,
        /// Lanes with options of their own. Default none.
        lanes lanes set_lanes Vec<LaneOptions>,
        /// Use of idempotency keys. Default: calls carry one only if they set `idempotencyKey`.
        idempotency idempotency set_idempotency IdempotencyOptions,
        /// True if a hook needs the heads of answers. The package sets it. Default `false`.
        hooks hooks set_hooks bool,
        /// Version of Next.js of the server. Default: the one the page states, else today's.
        nextVersion next_version set_next_version String,
        /// Deployment that answers; empty for none. Default: the one the page states.
        deploymentId deployment_id set_deployment_id String,
    }
}

options! {
    /// Options of one lane.
    LaneOptions {
        /// Name of the lane. The package always sets it.
        name name set_name String,
        /// Highest number of calls of the lane that run at once. Default 1; no limit in `"parallel"`.
        concurrency concurrency set_concurrency u32,
        /// Strategy of calls that do not set one: see `CallOptions`. Default `"queue"`.
        strategy strategy set_strategy String,
    }
}

options! {
    /// Use of idempotency keys.
    IdempotencyOptions {
        /// Header with the key. Default `idempotency-key`.
        header header set_header String,
        /// True if every call carries a key unless it sets `idempotencyKey` itself. Default `false`.
        every every set_every bool,
    }
}
