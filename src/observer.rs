//! How a run tells its caller how far it is, and learns that it should stop.

use crate::error::{Error, Result};

/// The stages, in the order in which a run goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Bytes to articles.
    Ingest,
    /// Texts to what is known of the whole: furniture, and how much words tell.
    Statistics,
    /// Texts to shingles to sketches.
    Sketch,
    /// Sketches to candidate pairs.
    Candidates,
    /// Candidate pairs to verified pairs.
    Verify,
    /// Verified pairs against the truth, on a sample.
    Recall,
    /// Verified pairs to families.
    Family,
    /// Families to stories and storylines.
    Story,
    /// Tokens to passages.
    Passage,
    /// Results to tables and the page.
    Report,
}

impl Stage {
    /// The stage's name, as progress lines and `run.json` have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Statistics => "statistics",
            Self::Sketch => "sketch",
            Self::Candidates => "candidates",
            Self::Verify => "verify",
            Self::Recall => "recall",
            Self::Family => "family",
            Self::Story => "story",
            Self::Passage => "passage",
            Self::Report => "report",
        }
    }
}

/// What a stage's progress is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of input.
    Bytes,
    /// Articles.
    Articles,
    /// Pairs of articles.
    Pairs,
    /// Anything else: steps.
    Steps,
}

/// Follows a run. Every method may be called from any thread, and is called often: keep it cheap.
pub trait Observer: Sync {
    /// A stage begins; `total` is how much it has to do, where that is known.
    fn begin(&self, _stage: Stage, _total: Option<u64>, _unit: Unit) {}
    /// The stage did this much more.
    fn advance(&self, _amount: u64) {}
    /// The stage is done.
    fn end(&self, _stage: Stage) {}
    /// Something that a person should know while the run goes on.
    fn note(&self, _words: &str) {}
    /// Whether the run should stop as soon as it can.
    fn cancelled(&self) -> bool {
        false
    }

    /// An error where the run should stop; stages ask this between pieces of work.
    fn check(&self) -> Result<()> {
        if self.cancelled() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// An observer that does not look.
pub struct Silent;

impl Observer for Silent {}
