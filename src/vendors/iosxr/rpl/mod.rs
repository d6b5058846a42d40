//! The Routing Policy Language: text of policies and sets to a syntax tree.
//!
//! In: the lines between `route-policy` (or `…-set`) and its end. Out: [`ast::Policy`], [`ast::Set`]. Law: parsing never fails; what
//! a condition or an action means is known to `lower/`, after parameters are filled in. Start reading at [`parse::policy`].
//! Tests: below and in the folder's `tests.rs`.

pub(super) mod ast;
pub(super) mod parse;
