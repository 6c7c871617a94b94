//! What stands for Arrow in a build without it: it says so, and how to get it.

use std::io::{self, Write};
use std::path::Path;

use super::read::{Take, input_error};
use super::{Cells, Codec, Column};
use crate::error::{Position, Result};

/// Why there is none.
pub(super) const ABSENT: Option<&str> =
    Some("this newsfold was built without Arrow; build it with --features arrow");

pub(super) struct Arrow;

impl Codec for Arrow {
    fn write(
        &self,
        _: &[Column],
        _: &mut dyn Iterator<Item = Cells<'_>>,
        _: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, ABSENT.unwrap_or_default()))
    }

    fn read(&self, path: &Path, _: &[&str], _: Take<'_>) -> Result<()> {
        Err(input_error(Position::whole(path.to_string_lossy()), ABSENT.unwrap_or_default()))
    }
}
