//! Text to trees with places, one file per *shape* of config text, never per vendor.
//!
//! In: text. Out: [`tree::Tree`]. Law: parsing never fails: it returns a tree and diagnostics; knows no vendors.
//! Start reading at [`tree`]. Tests: beside each shape.

pub mod braces;
pub mod json;
pub mod lines;
pub mod statements;
pub mod tree;
pub mod values;
