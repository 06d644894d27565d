//! Declares the structs by which JavaScript hands options over.
//!
//! It makes one, sets what its author gave, and hands it to an export in the same breath: none is kept there.

/// Declares a struct of options: for each its name in JavaScript, its field, the name of what sets it, and its type.
macro_rules! options {
    ($(#[$about:meta])* $Options:ident { $($(#[$doc:meta])* $name:ident $field:ident $set:ident $type:ty,)* }) => {
        $(#[$about])*
        #[wasm_bindgen]
        #[derive(Default)]
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
    };
}

pub(crate) use options;
