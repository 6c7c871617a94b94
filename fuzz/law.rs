//! What every target holds its reader to: see the module.

#[path = "../tests/law/mod.rs"]
pub mod law;
