//! What was measured: kept as JSON, and told as a table.

use std::fmt;

use newsfold::observer::Stage;
use newsfold::results::Results;
use serde::{Deserialize, Serialize};

use super::Timed;
use super::machine::Machine;

/// The form of the file; another one has another number.
pub(super) const FORM: u32 = 1;

/// All that one call measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Measured {
    /// [`FORM`].
    pub(super) newsfold_bench: u32,
    pub(super) version: String,
    pub(super) command: Timed,
    pub(super) machine: Machine,
    pub(super) cases: Vec<Case>,
    /// The key of the program that was measured, where it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) program: Option<String>,
}

impl Measured {
    /// Takes the rounds of a later measurement of the same cases.
    pub(super) fn join(&mut self, later: Self) {
        for (case, later) in self.cases.iter_mut().zip(later.cases) {
            case.join(later);
        }
    }
}

/// One input with one number of threads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Case {
    pub(super) articles: usize,
    pub(super) threads: usize,
    /// Of input.
    pub(super) bytes: u64,
    pub(super) stages: Vec<Row>,
    pub(super) total: Row,
    /// The time that processors worked, in all threads, where the system tells.
    pub(super) processor: Option<Row>,
    pub(super) peak_memory_bytes: Option<u64>,
    /// What was found of what was planted, where that is known.
    pub(super) found: Vec<Found>,
}

/// The seconds of one stage, or of all of a round, in every round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) stage: String,
    pub(super) seconds: Vec<f64>,
    pub(super) median_seconds: f64,
    pub(super) fastest_seconds: f64,
}

/// Which share of the planted was found, and which share of the found is planted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Found {
    /// `families` (pairs of articles in one), `stories` (B³) or `passages` (characters).
    pub(super) what: String,
    pub(super) recall: f64,
    pub(super) precision: f64,
}

impl Case {
    fn join(&mut self, later: Self) {
        self.total.join(later.total);
        if let (Some(row), Some(later)) = (&mut self.processor, later.processor) {
            row.join(later);
        }
        for (row, later) in self.stages.iter_mut().zip(later.stages) {
            row.join(later);
        }
        self.peak_memory_bytes = self.peak_memory_bytes.max(later.peak_memory_bytes);
    }
}

impl Row {
    fn join(&mut self, later: Self) {
        let mut seconds = std::mem::take(&mut self.seconds);
        seconds.extend(later.seconds);
        *self = Self::new(&self.stage, seconds);
    }

    pub(super) fn new(stage: &str, seconds: Vec<f64>) -> Self {
        let mut sorted = seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let fastest_seconds = sorted.first().copied().unwrap_or_default();
        let median_seconds = median(&sorted);
        Self { stage: stage.to_owned(), seconds, median_seconds, fastest_seconds }
    }
}

/// So many threads, in words.
pub(super) fn threads(count: usize) -> String {
    format!("{count} thread{}", if count == 1 { "" } else { "s" })
}

/// The median of what is sorted; between the two in the middle where there are two.
pub(super) fn median(sorted: &[f64]) -> f64 {
    match (sorted.len() / 2, sorted.len() % 2) {
        (0, 0) => 0.0,
        (middle, 1) => sorted[middle],
        (middle, _) => sorted[middle - 1].midpoint(sorted[middle]),
    }
}

/// Rounds on their way to a [`Case`].
#[derive(Default)]
pub(super) struct Rounds {
    stages: Vec<(Stage, Vec<f64>)>,
    totals: Vec<f64>,
    processor: Vec<f64>,
    articles: usize,
    bytes: u64,
}

impl Rounds {
    /// Adds a round that took `total` seconds, the last of them to write, and so long of processors.
    pub(super) fn add(
        &mut self,
        outcome: &Results,
        total: f64,
        writing: f64,
        processor: Option<f64>,
    ) {
        self.totals.push(total);
        self.processor.extend(processor);
        let timings = outcome.run.timings.iter().map(|timing| (timing.stage, timing.seconds));
        for (stage, seconds) in timings.chain([(Stage::Report, writing)]) {
            match self.stages.iter_mut().find(|(known, _)| *known == stage) {
                Some((_, all)) => all.push(seconds),
                None => self.stages.push((stage, vec![seconds])),
            }
        }
        self.articles = outcome.corpus.len();
        let files = outcome.run.inputs.iter().filter(|file| !file.is_member);
        self.bytes = files.map(|file| file.bytes).sum();
    }

    pub(super) fn case(self, threads: usize, peak: Option<u64>, found: Vec<Found>) -> Case {
        let stages = self.stages.into_iter();
        let is_told = self.processor.len() == self.totals.len();
        Case {
            articles: self.articles,
            threads,
            bytes: self.bytes,
            stages: stages.map(|(stage, all)| Row::new(stage.name(), all)).collect(),
            total: Row::new("total", self.totals),
            processor: is_told.then(|| Row::new("processor", self.processor)),
            peak_memory_bytes: peak,
            found,
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, case) in self.cases.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{case}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.bytes as f64 / 1e6;
        writeln!(
            f,
            "{} articles, {megabytes:.1} MB, {}, {} rounds",
            self.articles,
            threads(self.threads),
            self.total.seconds.len()
        )?;
        writeln!(f, "stage        median s   fastest s       MB/s   articles/s")?;
        for row in self.stages.iter().chain([&self.total]).chain(&self.processor) {
            let per_second = |amount: f64| match row.fastest_seconds > 0.0 {
                true => format!("{:.0}", amount / row.fastest_seconds),
                false => "-".to_owned(),
            };
            writeln!(
                f,
                "{:<11}{:>10.3}{:>12.3}{:>11}{:>13}",
                row.stage,
                row.median_seconds,
                row.fastest_seconds,
                per_second(megabytes),
                per_second(self.articles as f64)
            )?;
        }
        if let Some(bytes) = self.peak_memory_bytes {
            writeln!(f, "peak memory {:.1} MB", bytes as f64 / 1e6)?;
        }
        for found in &self.found {
            writeln!(
                f,
                "{:<11}recall {:.4}, precision {:.4}",
                found.what, found.recall, found.precision
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_rounds_stand_behind_the_earlier_ones() {
        let mut row = Row::new("sketch", vec![3.0]);
        row.join(Row::new("sketch", vec![1.0]));
        assert_eq!(
            (row.seconds, row.median_seconds, row.fastest_seconds),
            (vec![3.0, 1.0], 2.0, 1.0)
        );
    }

    #[test]
    fn the_median_of_an_even_number_of_rounds_lies_between_two() {
        let row = Row::new("sketch", vec![4.0, 1.0, 2.0, 8.0]);
        assert_eq!((row.median_seconds, row.fastest_seconds), (3.0, 1.0));
        assert_eq!(Row::new("sketch", vec![3.0, 1.0, 9.0]).median_seconds, 3.0);
    }
}
