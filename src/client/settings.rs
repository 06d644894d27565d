//! Writes the setters that a client, a call and a route have in common. Checks nothing: `order.rs` does.

/// Makes setters on a type that has a field `settings`.
macro_rules! setters {
    () => {
        /// Sets the longest time of one attempt, from its start to the value. `Duration::MAX`: no limit, the default.
        pub fn timeout(mut self, limit: std::time::Duration) -> Self {
            self.settings.timeout = Some(limit);
            self
        }

        /// Sets the longest time from the call to the value, over all attempts and all waiting. `Duration::MAX`: no
        /// limit, the default.
        pub fn deadline(mut self, limit: std::time::Duration) -> Self {
            self.settings.deadline = Some(limit);
            self
        }

        /// Allows retries: a number of attempts after the first, or a [`Retry`](crate::Retry). Default: none.
        ///
        /// A call that may have run is sent again only if it is [`idempotent`](Self::idempotent), or if its action
        /// is a `'use cache'` function.
        pub fn retry(mut self, retry: impl Into<crate::Retry>) -> Self {
            self.settings.retry = Some(retry.into());
            self
        }

        /// Sends an idempotency key, the same in all attempts of a call. The action must read it.
        pub fn idempotent(mut self) -> Self {
            self.settings.idempotency = Some(crate::client::order::Idempotency::Generated);
            self
        }

        /// Adds a header. Names that the protocol needs itself are refused with
        /// [`Kind::InvalidOption`](crate::Kind::InvalidOption).
        pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.settings.headers.push((name.into(), value.into()));
            self
        }

        /// Calls `make` before each attempt, and adds the headers that it returns: a fresh token, a `traceparent`. They
        /// replace headers of the same name, and those of a call replace those of its client. One that is refused fails
        /// the call with [`Kind::InvalidOption`](crate::Kind::InvalidOption); nothing is sent. A transport can make
        /// headers that have to be waited for.
        pub fn headers(mut self, make: impl Fn(&crate::client::Attempt) -> Vec<(String, String)> + 'static) -> Self {
            self.settings.hook = Some(crate::client::attempt::Hook::new(make));
            self
        }
    };
}

/// Makes the setters that only calls of actions have, and their client.
macro_rules! action_setters {
    () => {
        /// Sets the URL to which actions are sent: that of a page which has them. Its redirects are resolved against
        /// it.
        pub fn url(mut self, url: impl Into<String>) -> Self {
            self.settings.url = Some(url.into());
            self
        }

        /// Sets the reaction to pending calls of the same key. Default: that of the lane.
        pub fn strategy(mut self, strategy: crate::Strategy) -> Self {
            self.settings.strategy = Some(strategy);
            self
        }

        /// Sets the longest time without a byte, once the head has arrived. `Duration::MAX`: no limit, the default.
        pub fn stall_timeout(mut self, limit: std::time::Duration) -> Self {
            self.settings.stall_timeout = Some(limit);
            self
        }

        /// Sets if the server is asked to leave the rendered page out of the answer. Relies on an internal of Next.js.
        pub fn render(mut self, render: crate::Render) -> Self {
            self.settings.render = Some(render);
            self
        }
    };
}

pub(super) use {action_setters, setters};
