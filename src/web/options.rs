//! The options of the package. Each is declared here once, with what it means; `pkg/lib/options.js` checks names and kinds before the wasm is
//! there, and `pkg/index.d.ts` tells the caller. A test holds the three lists equal.
//!
//! JavaScript makes a struct, sets what its author gave, and hands it to an export in the same breath: none is kept there.

mod read;

use wasm_bindgen::prelude::*;

use crate::js::options::options;
pub(super) use read::{Choice, Said};

options! {
    /// How one call is to be treated; of a dispatcher, how every call is that does not say. Times are milliseconds; `Infinity` is no limit.
    CallOptions {
        /// Which queue it waits in. Default `"main"`; `"parallel"` is none.
        lane lane set_lane String,
        /// What becomes of it when others of its key are pending: a word of [`strategy`]. Default: as the lane has it.
        strategy strategy set_strategy String,
        /// Its strategy looks at the pending calls with the same key. Default: the lane and the action.
        key key set_key String,
        /// From sending to the value, for each attempt. Default none.
        timeout timeout set_timeout f64,
        /// From the head of the answer, or any of its bytes, to the next. Default none.
        stallTimeout stall_timeout set_stall_timeout f64,
        /// From the call to the value, over all attempts and whatever it waits for. Default none.
        deadline deadline set_deadline f64,
        /// When it is sent again. Default never.
        retry retry set_retry RetryOptions,
        /// `true` to have a key made, a text to give one, `false` for none. Default `false`.
        idempotencyKey idempotency_key set_idempotency_key JsValue,
        /// The name of the action, by which it can be found again in another build. Default none.
        name name set_name String,
        /// What becomes of a redirect: `"follow"`, the default, or `"throw"`.
        redirect redirect set_redirect String,
        /// Whether the server renders the page into the answer: `"auto"`, the default, or `"skip"`.
        render render set_render String,
        /// What to do when the server does not know the action: `"recover"`, the default, `"fail"` or `"reload"`.
        skew skew set_skew String,
        /// Whether the request may outlive the page. Default `true`.
        keepalive keepalive set_keepalive bool,
        /// By which headers it is found in logs. Default none.
        trace trace set_trace TraceOptions,
        /// That it is kept in the outbox until it is answered. Default not.
        durable durable set_durable DurableOptions,
    }
}

options! {
    /// When a call is sent again. What is missing here is not taken from the dispatcher's.
    RetryOptions {
        /// How often at most. Default 0.
        limit limit set_limit u32,
        /// From the first attempt to the beginning of the last. Default 30 s.
        budget budget set_budget f64,
        /// The longest wait before the second attempt; it doubles with each. Default 300 ms.
        delay delay set_delay f64,
        /// The longest wait of all. Default 10 s.
        backoffLimit backoff_limit set_backoff_limit f64,
        /// The longest `Retry-After` that is waited for. Default 60 s.
        maxRetryAfter max_retry_after set_max_retry_after f64,
    }
}

options! {
    /// By which headers a request is found in logs: `true` to have one made, a text to give it, `false` for none.
    TraceOptions {
        /// W3C Trace Context.
        traceparent traceparent set_traceparent JsValue,
        /// `x-request-id`.
        requestId request_id set_request_id JsValue,
    }
}

options! {
    /// How a call is kept in the outbox.
    DurableOptions {
        /// How long it is kept, in milliseconds. The package says it.
        ttl ttl set_ttl f64,
    }
}

options! {
    /// How a whole dispatcher is to be.
    DispatcherOptions {
        /// How many calls may wait, over all lanes. Default 10 000.
        maxQueued max_queued set_max_queued u32,
        /// The largest body that is sent, in bytes; `Infinity` for any. Default 1 048 576.
        maxBodyBytes max_body_bytes set_max_body_bytes f64,
        /// What calls do without a network: `"wait"`, the default, or `"fail"`.
        offline offline set_offline String,
        /// Where calls of a lane are one at a time: in the `"dispatcher"`, the default, or in the `"origin"`, over all tabs.
        scope scope set_scope String,
        /// Lanes that are not as their name says.
        lanes lanes set_lanes Vec<LaneOptions>,
        /// Which calls carry an idempotency key, and how.
        idempotency idempotency set_idempotency IdempotencyOptions,
        /// Who sees requests and answers: whether anybody hears of heads. The package says it.
        hooks hooks set_hooks bool,
        /// The version of Next.js that answers. Default: what the page says, else today's.
        nextVersion next_version set_next_version String,
        /// The deployment that is to answer; empty for any. Default: what the page says.
        deploymentId deployment_id set_deployment_id String,
    }
}

options! {
    /// How one lane is to be.
    LaneOptions {
        /// Its name. The package says it.
        name name set_name String,
        /// How many of its calls may run at once. Default one, and any number in `"parallel"`.
        concurrency concurrency set_concurrency u32,
        /// For calls that do not say: a word of [`strategy`]. Default `"queue"`.
        strategy strategy set_strategy String,
    }
}

options! {
    /// Which calls carry an idempotency key.
    IdempotencyOptions {
        /// The header that carries it. Default `idempotency-key`.
        header header set_header String,
        /// Whether every call does that does not say otherwise. Default `false`.
        every every set_every bool,
    }
}
