//! Declares the structs by which JavaScript hands options over.
//!
//! It makes one, sets what its author gave, and hands it to an export in the same breath: none is kept there.

/// Declares a struct of options: for each its name in JavaScript, its field, the name of what sets it, and its type.
macro_rules! options {
    ($(#[$about:meta])* $Options:ident { $($(#[$doc:meta])* $name:ident $field:ident $set:ident $type:ty,)* }) => {
        $(#[$about])*
        #[wasm_bindgen]
        #[derive(Clone, Default)]
        pub struct $Options {
            $($(#[$doc])* $field: Option<$type>,)*
        }

        #[wasm_bindgen]
        impl $Options {
            #[wasm_bindgen(constructor)]
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$doc])*
                #[wasm_bindgen(setter = $name)]
                pub fn $set(&mut self, given: $type) {
                    self.$field = Some(given);
                }
            )*
        }

        impl $Options {
            /// These, and for what they do not say, `usual`.
            #[must_use]
            #[allow(dead_code, reason = "some are taken whole, or not at all")]
            fn or(self, usual: &Self) -> Self {
                Self { $($field: self.$field.or_else(|| usual.$field.clone()),)* }
            }
        }
    };
}

pub(crate) use options;
