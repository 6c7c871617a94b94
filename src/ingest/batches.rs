//! Tables that come by columns, some rows at a time: Parquet and Arrow.
//!
//! Cost: what decoding them takes; a batch is made into articles by all threads while the next is
//! decoded. Memory: two batches.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::draft::Strings;
use super::file::{RECORDS_A_TASK, Reader, Reading};
use super::record::{Captured, Maker};
use super::records::{File, Parsed, Parsing};
use crate::error::{Cause, Place, Position, Reject, Result};

/// A table on its way to batches of rows.
pub(super) trait Batches: Send {
    /// What it comes in.
    type Batch: Batch;

    /// How many bytes the file has.
    fn bytes(&self) -> u64;

    /// How much of the file is behind, as bytes of it.
    fn behind(&self) -> u64;

    /// Decodes the next batch, if there is one.
    fn fill(&mut self, batch: &mut Self::Batch) -> bool;
}

/// Some rows.
pub(super) trait Batch: Default + Send + Sync {
    /// The rows' numbers in the file, from 1.
    fn rows(&self) -> Range<u64>;

    /// What was wrong with rows that are not among these, by their number.
    fn complaints(&mut self) -> &mut Vec<(u64, Cause)>;

    /// The values of a row that may matter.
    ///
    /// # Errors
    /// In words, where one is no text although its column is one.
    fn capture(&self, row: u64) -> Result<Captured<'_>, Cause>;
}

impl<'r> Reader<'r> {
    /// Reads the rows of a table, a batch being parsed while the next is decoded; how many bytes the
    /// observer knows of.
    pub(super) fn batches<B: Batches>(
        self,
        file: &File<'_>,
        mut batches: B,
        reading: &mut Reading,
        maker: &mut Maker<'r>,
    ) -> Result<u64> {
        let name = file.name;
        let (mut batch, mut next) = (B::Batch::default(), B::Batch::default());
        let mut told = 0;
        let mut more = batches.fill(&mut batch);
        while more {
            self.observer.check()?;
            let behind = batches.behind();
            self.tell(behind - told);
            told = behind;
            let rejects = reading.rejects.len();
            let parse = |rows: &[u64], strings: &mut Strings| {
                let mut parsing = Parsing::new(self.table, file, rows.len());
                for row in rows {
                    let position = Position::record(Arc::clone(name), *row);
                    parsing.add(position, batch.capture(*row), strings, |no| no.in_words(Vec::new));
                }
                parsing.finish(strings, self.spill)
            };
            let wanted = |row: &u64| file.wants(Place::Record(*row));
            let rows: Vec<u64> = batch.rows().filter(wanted).collect();
            if self.parallel {
                let tasks = rows.par_chunks(RECORDS_A_TASK);
                let (parsed, filled): (Result<Vec<Parsed<'_>>>, bool) = rayon::join(
                    || {
                        tasks
                            .map_init(Strings::default, |strings, rows| parse(rows, strings))
                            .collect()
                    },
                    || batches.fill(&mut next),
                );
                for parsed in parsed? {
                    parsed.add_to(reading, maker)?;
                }
                more = filled;
            } else {
                parse(&rows, &mut Strings::default())?.add_to(reading, maker)?;
                // Where only the beginning is wanted, one batch is that.
                more = self.limit.is_none() && batches.fill(&mut next);
            }
            for (row, reason) in batch.complaints().drain(..) {
                let position = Position::record(Arc::clone(name), row);
                reading.rejects.push(Reject { position, reason });
            }
            reading.rejects[rejects..].sort();
            if !self.goes_on(name, reading) {
                break;
            }
            std::mem::swap(&mut batch, &mut next);
        }
        let rest = if self.limit.is_none() { batches.bytes() } else { told };
        self.tell(rest.saturating_sub(told));
        Ok(rest)
    }
}
