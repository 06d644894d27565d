use wasm_bindgen::prelude::*;

use crate::flight::Limits;

// Bounds as the page's side has checked them: whole numbers or infinity, each optional.
#[wasm_bindgen]
extern "C" {
    pub type Bounds;

    #[wasm_bindgen(method, getter, js_name = maxRowBytes)]
    fn max_row_bytes(this: &Bounds) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxBytes)]
    fn max_bytes(this: &Bounds) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxOpenRows)]
    fn max_open_rows(this: &Bounds) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxDepth)]
    fn max_depth(this: &Bounds) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxUnreadBytes)]
    fn max_unread_bytes(this: &Bounds) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = maxDigits)]
    fn max_digits(this: &Bounds) -> Option<f64>;
}

/// The limits: the defaults but for what `bounds` says otherwise.
pub(crate) fn limits(bounds: Option<&Bounds>) -> Limits {
    let Some(bounds) = bounds else { return Limits::DEFAULT };
    // A number beyond all addresses sets no bound.
    let or = |given: Option<f64>, default: usize| given.map_or(default, |number| number as usize);
    Limits {
        row_bytes: or(bounds.max_row_bytes(), Limits::DEFAULT.row_bytes),
        total_bytes: or(bounds.max_bytes(), Limits::DEFAULT.total_bytes),
        open_rows: or(bounds.max_open_rows(), Limits::DEFAULT.open_rows),
        depth: or(bounds.max_depth(), Limits::DEFAULT.depth),
        digits: or(bounds.max_digits(), Limits::DEFAULT.digits),
        unread_bytes: or(bounds.max_unread_bytes(), Limits::DEFAULT.unread_bytes),
    }
}
