//! What stands for `objects.rs` in a build that reads no object stores: it says so.

use std::io;

use super::inputs::error;
use crate::error::Result;
use crate::observer::Observer;

/// An object of a store, of which there is none.
#[derive(Clone, Debug)]
pub(super) enum Object {}

impl Object {
    pub(super) fn bytes(&self) -> u64 {
        match *self {}
    }

    pub(super) fn open(&self) -> io::Empty {
        match *self {}
    }
}

/// No stores.
pub(super) struct Stores;

impl Stores {
    pub(super) fn new(_: &dyn Observer) -> Self {
        Self
    }

    /// # Errors
    /// [`crate::error::Error::Input`]: whatever is named, it is not read.
    pub(super) fn find(&mut self, url: &str) -> Result<Vec<(String, Object)>> {
        Err(error(
            url,
            "this build reads neither object stores nor the web: `cargo install --path . --features \
             object-store` builds one that does",
        ))
    }
}
