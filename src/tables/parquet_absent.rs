//! What stands for `parquet.rs` in a build without the feature `formats`: it says so.

use std::io::{self, Write};
use std::path::Path;

use super::read::{Take, input_error};
use super::{Cells, Codec, Column};
use crate::error::{Position, Result};

pub(super) struct Parquet;

fn absent() -> io::Error {
    let reason = "this build has no Parquet: build newsfold with the feature `formats`";
    io::Error::new(io::ErrorKind::Unsupported, reason)
}

impl Codec for Parquet {
    fn write(
        &self,
        _: &[Column],
        _: &mut dyn Iterator<Item = Cells<'_>>,
        _: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        Err(absent())
    }

    fn read(&self, path: &Path, _: &[&str], _: Take<'_>) -> Result<()> {
        Err(input_error(Position::whole(path.to_string_lossy()), absent()))
    }
}
