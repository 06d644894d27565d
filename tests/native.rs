//! The shared cases, natively.

mod cases;
