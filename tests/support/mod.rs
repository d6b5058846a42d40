//! What several integration tests share.

#![allow(dead_code, reason = "each test target uses its own part")]

pub mod compare;
