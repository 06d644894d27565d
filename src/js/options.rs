//! Declares the structs in which JavaScript passes options. Knows no option by name.
//!
//! JavaScript makes a struct, sets the options that were given, and passes it to an export at once. JavaScript
//! stores none of them.

/// Declares a struct of options. For each option it takes the name in JavaScript, the field, the name of the
/// setter, and the type.
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
