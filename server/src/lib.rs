//! 阳光评议: the commission's console, the public site, the interface of the terminals, and the store.
//!
//! `domain` (rules, pure) ← `store` (all SQL) ← `service` (use cases) ← `web`, `api` (shells) ← `app`.
#![forbid(unsafe_code)]

pub mod api;
pub mod app;
pub mod backup;
pub mod body;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod error;
pub mod randomness;
pub mod service;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tls;
pub mod web;
