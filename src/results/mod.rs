//! What a run found: every part that its command computed, in one value.
//!
//! Tables, page and summary are made of it, and the tables of a finished run are read back into it.

use std::collections::BTreeMap;

use ahash::AHashSet;
use serde_json::Value;

use crate::analysis::{self, AgencyMonth, Credited, Network};
use crate::article::{Corpus, DocId, Published};
use crate::candidates::Method;
use crate::error::Reject;
use crate::family::Families;
use crate::ingest::InputFile;
use crate::observer::Stage;
use crate::passage::{Aligned, Origin, Passage, Shares};
use crate::recall::Recall;
use crate::scrub::Cuts;
use crate::story::Stories;
use crate::verify::VerifiedPair;

mod counts;
#[cfg(test)]
pub(crate) mod sample;

pub use counts::{Counts, PassageCounts, ScrubCounts};

/// What a run found. A part that its command did not compute is `None`.
#[derive(Debug)]
pub struct Results {
    /// The accepted articles.
    pub corpus: Corpus,
    /// Tokens of each article, in corpus order.
    pub tokens: Vec<u32>,
    /// Unicode characters of each article's text, in corpus order; told by the tables where the texts are gone.
    pub chars: Vec<u32>,
    /// How pairs were looked for.
    pub method: Method,
    /// The verified pairs, in order.
    pub pairs: Option<Vec<VerifiedPair>>,
    /// The families of near-duplicates.
    pub families: Option<Families>,
    /// The stories and storylines.
    pub stories: Option<Stories>,
    /// The passages, in order.
    pub passages: Option<Vec<Passage>>,
    /// What the passages are made of, by articles and places; there wherever passages were looked for,
    /// and not where they are read back from tables.
    pub alignments: Option<Vec<Aligned>>,
    /// How much of each article stands elsewhere, in corpus order; there wherever passages are.
    pub shares: Option<Vec<Shares>>,
    /// Where the passages come from, in their order; there wherever passages are.
    pub origins: Option<Vec<Origin>>,
    /// Whom the articles credit, as [`passage::credits`](crate::passage::credits()) has it, in corpus order; there
    /// wherever passages are.
    pub credits: Option<Vec<String>>,
    /// Who published first and who followed; there wherever passages are.
    pub network: Option<Network>,
    /// By articles that began a story once which went into another: the id of that one. Only an archive knows it, see
    /// [`Archive::merged_into`](crate::archive::Archive::merged_into).
    pub merged_into: BTreeMap<DocId, String>,
    /// What is cut out of the texts that are written, where that was asked for.
    pub cuts: Option<Cuts>,
    /// The records that were not accepted, in order of their places.
    pub rejects: Vec<Reject>,
    /// How the run was made.
    pub run: RunFacts,
    /// What is known of the texts where the articles have none: the results are read back from
    /// tables, and the input is gone.
    pub stand_in: Option<StandIn>,
}

/// What the tables of a run tell of texts that are not there any more.
#[derive(Clone, Debug, Default)]
pub struct StandIn {
    /// Why they are not there, for the person who reads the page.
    pub reason: String,
    /// The text of each passage where it was published first, in order.
    pub passages: Vec<String>,
    /// The outlets of articles that are not here: whoever a credit names may be one of them.
    pub outlets: Vec<String>,
}

impl StandIn {
    /// Where nothing more is known than the text of each passage.
    pub(crate) fn of_passages(reason: String, passages: Vec<String>) -> Self {
        Self { reason, passages, outlets: Vec::new() }
    }
}

/// How a run was made. Only `run.json` tells all of it; what depends on the machine or the number
/// of threads stands nowhere else.
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    /// The version of this program.
    pub version: String,
    /// The command line, word by word.
    pub command: Vec<String>,
    /// Everything that decides the results, by option name; not the number of threads.
    pub parameters: BTreeMap<String, Value>,
    /// The seed of whatever is random.
    pub seed: u64,
    /// How many threads worked.
    pub threads: usize,
    /// The files read, in order of path.
    pub inputs: Vec<InputFile>,
    /// What to tell the person who reads the results, in order.
    pub warnings: Vec<String>,
    /// How many of the true pairs were found, where it was asked for.
    pub recall: Option<Recall>,
    /// What each stage took, in order; writing the results is added by [`report::write()`](crate::report::write()).
    pub timings: Vec<Timing>,
    /// The memory it was to take, in bytes, where there was a bound.
    pub memory_budget: Option<u64>,
    /// The most memory the process held, in bytes, where the system tells.
    pub peak_memory: Option<u64>,
}

/// What a stage took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// The stage.
    pub stage: Stage,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Bytes of input it went through.
    pub bytes: u64,
}

/// What tables, page and summary say alike of articles, stories and passages.
impl Results {
    /// The first and the last publication among `docs`, of those that have a date.
    pub(crate) fn published_range(
        &self,
        docs: impl Iterator<Item = DocId>,
    ) -> Option<(Published, Published)> {
        let dated = docs.filter_map(|doc| self.corpus.get(doc).published);
        dated.fold(None, |range, at| match range {
            None => Some((at, at)),
            Some((first, last)) => Some((at.min(first), at.max(last))),
        })
    }

    /// How many different outlets published `docs`; articles without one do not count.
    pub(crate) fn outlets_among(&self, docs: impl Iterator<Item = DocId>) -> usize {
        let outlets: AHashSet<&str> =
            docs.map(|doc| self.corpus.get(doc).outlet.as_str()).collect();
        outlets.iter().filter(|outlet| !outlet.is_empty()).count()
    }

    /// Whether every id of the input was a number, so that tables write them as such: a table joined
    /// with the input then finds its rows.
    pub(crate) fn ids_are_numbers(&self) -> bool {
        let is_number = |id: &str| id.parse::<i64>().is_ok_and(|number| number.to_string() == id);
        let mut inputs = self.run.inputs.iter().filter(|file| file.accepted > 0);
        inputs.all(|file| file.ids_may_be_numbers)
            && !self.corpus.is_empty()
            && self.corpus.articles().iter().all(|article| is_number(&article.id))
    }

    /// What the articles have of each agency's.
    pub fn credited(&self) -> Vec<Credited<'_>> {
        let passages = self.passages.as_deref().unwrap_or_default();
        let origins = self.origins.as_deref().unwrap_or_default();
        let credits = self.credits.as_deref().unwrap_or_default();
        let lengths = (&self.tokens[..], &self.chars[..]);
        analysis::credited(&self.corpus, (passages, origins), credits, lengths)
    }

    /// The words of all articles in passages credited to an agency, each counted once.
    pub fn credited_words(&self) -> u64 {
        let passages = self.passages.as_deref().unwrap_or_default();
        let origins = self.origins.as_deref().unwrap_or_default();
        let lengths = (&self.tokens[..], &self.chars[..]);
        analysis::credited_words(&self.corpus, (passages, origins), lengths)
    }

    /// The outlets of all articles and those of the network, sorted: agencies that published nothing here have their
    /// places there. The report knows an outlet by its place among them.
    pub(crate) fn outlet_names(&self) -> Vec<&str> {
        let articles = self.corpus.articles().iter().map(|article| article.outlet.as_str());
        let of_network = self.network.iter().flat_map(|network| &network.outlets);
        let mut names: Vec<&str> =
            articles.chain(of_network.map(|outlet| outlet.outlet.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What each outlet printed of each agency's, by month.
    pub fn agencies(&self) -> Vec<AgencyMonth<'_>> {
        analysis::months(&self.corpus, &self.tokens, &self.credited())
    }

    /// The outlets of articles that are not here, where any are known.
    pub(crate) fn outlets_elsewhere(&self) -> &[String] {
        self.stand_in.as_ref().map_or(&[], |stand_in| &stand_in.outlets)
    }

    /// The text of the passage at this place where it was published first.
    pub(crate) fn passage_text(&self, place: usize) -> &str {
        if let Some(stand_in) = &self.stand_in {
            return &stand_in.passages[place];
        }
        let passages = self.passages.as_deref().unwrap_or_default();
        let first = passages[place].first();
        first.bytes.of(&self.corpus.get(first.doc).text)
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{SHARED, Sample};

    #[test]
    fn a_passage_reads_as_where_it_stood_first() {
        let sample = Sample::new();
        assert_eq!(sample.results.passage_text(0), SHARED);
    }
}
