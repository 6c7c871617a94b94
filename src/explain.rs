//! Why two articles are, or are not, together: every number that the stages decided on, for one pair.
//!
//! Nothing is computed in another way than in a run: the same stages are asked, in the context of
//! the whole corpus, since what a word weighs depends on all the others.

mod finished;
mod page;
mod story;

use std::fmt;

pub use finished::{ArticleFound, Found, PairFound, PassageFound, StoryFound, found};
pub(crate) use page::{named, shown};
pub use page::{page, page_of_found};
use serde::Serialize;
pub use story::StoryNamed;

use crate::article::{Article, ByteSpan, Corpus, DocId, TokenSpan};
use crate::candidates::Method;
use crate::config::PipelineConfig;
use crate::error::{Error, Result};
use crate::family;
use crate::observer::Observer;
use crate::passage::{self, Kind};
use crate::pipeline;
use crate::sketch::{Banding, ShingleSet, ShingledFields, band_hashes, shingle_hashes, simhash};
use crate::statistics::Statistics;
use crate::story::StoryEvidence;
use crate::text::{one_line, tokenise};
use crate::verify::{Evidence, Overlap, evidence, overlap};

/// How many of the longest shared runs are quoted.
const RUNS_QUOTED: usize = 8;
/// A quotation in an answer is cut to this many characters.
const QUOTED_CHARS: usize = 160;
/// How many of the terms that two articles share are named.
const TERMS_NAMED: usize = 12;

/// What a run knows about two articles together.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The first article.
    pub a: Named,
    /// The second.
    pub b: Named,
    /// Whether they are copies.
    pub near_duplicates: NearDuplicateEvidence,
    /// Whether they report one event.
    pub story: StoryEvidence,
    /// The stories of the two, or the one they are both in.
    pub stories: Vec<StoryNamed>,
    /// Whether they are in one story.
    pub same_story: bool,
    /// Whether those two stories, or that one, belong to one storyline.
    pub same_storyline: bool,
    /// What they share word for word, or nearly.
    pub passages: Vec<SharedPassage>,
}

/// Enough of an article to know which one is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its outlet, or nothing.
    pub outlet: String,
    /// Its publication, or nothing.
    pub published: String,
    /// Its title, or nothing.
    pub title: String,
    /// Where it was read.
    pub source: String,
}

/// What decides whether two articles are near-duplicates.
#[derive(Clone, Debug, Serialize)]
pub struct NearDuplicateEvidence {
    /// Whether their Jaccard reaches the threshold, or one of them is a part of the other.
    pub verdict: bool,
    /// Whether they are in one family: they may be without being alike, through others.
    pub same_family: bool,
    /// Tokens a shingle.
    pub ngram: usize,
    /// What the shingles are made of.
    pub fields: ShingledFields,
    /// Distinct shingles of each, and those that both have.
    pub shingles: Overlap,
    /// Exact.
    pub jaccard: f64,
    /// The share of A's shingles that B has.
    pub containment_a: f64,
    /// The share of B's shingles that A has.
    pub containment_b: f64,
    /// The least Jaccard of near-duplicates.
    pub threshold: f64,
    /// The least containment of a part in what holds it; 0 where parts are not looked for.
    pub least_containment: f64,
    /// The kind of likeness, where they are near-duplicates.
    pub evidence: Option<Evidence>,
    /// How candidates were found in this run.
    pub method: Method,
    /// How signatures are cut.
    pub banding: Banding,
    /// The bands in which their signatures agree, from 0.
    pub bands_hit: Vec<usize>,
    /// How many bits their SimHash fingerprints differ in, of 64.
    pub simhash_distance: u32,
    /// The longest runs of A made of shared shingles, as A has them.
    pub shared_runs: Vec<String>,
}

/// A passage that both articles have.
#[derive(Clone, Debug, Serialize)]
pub struct SharedPassage {
    /// Its id in a run on the same input.
    pub id: String,
    /// What its recurrence means.
    pub kind: Kind,
    /// Its tokens.
    pub tokens: u32,
    /// In how many articles of the corpus it stands.
    pub articles: usize,
    /// Its text as A has it.
    pub text: String,
}

/// Explains two articles of the corpus.
///
/// # Errors
/// Those of the stages, where the observer asks to stop.
pub fn explain(
    corpus: &Corpus,
    statistics: &Statistics,
    config: &PipelineConfig,
    a: DocId,
    b: DocId,
    observer: &dyn Observer,
) -> Result<Explanation> {
    let near = &config.near_duplicates;
    let mut pairs = pipeline::near_duplicates(corpus, near, observer)?.pairs;
    let families = family::families(corpus, &mut pairs, &config.removal, near, observer)?;
    let (stories, evidence) =
        crate::story::explain(corpus, &families, statistics, &config.story, a, b, observer)?;
    let storyline = |doc: DocId| stories.stories[stories.of[doc.index()] as usize].storyline;
    let same_story = stories.of[a.index()] == stories.of[b.index()];
    let mut places = vec![stories.of[a.index()], stories.of[b.index()]];
    places.dedup();
    let named = |place: u32| StoryNamed::of(corpus, &stories.stories[place as usize]);
    let same_family = families.representative(a) == families.representative(b);
    Ok(Explanation {
        a: Named::of(corpus.get(a)),
        b: Named::of(corpus.get(b)),
        near_duplicates: near_duplicates(corpus, config, a, b, same_family),
        story: evidence,
        stories: places.into_iter().map(named).collect(),
        same_story,
        same_storyline: same_story || storyline(a).is_some() && storyline(a) == storyline(b),
        passages: shared_passages(corpus, statistics, config, a, b, observer)?,
    })
}

/// That two names were not of one article.
///
/// # Errors
/// [`Error::Config`] where both are one article.
pub(crate) fn are_two(corpus: &Corpus, a: DocId, b: DocId) -> Result<()> {
    if a == b {
        return Err(Error::config(
            "A B",
            format!("both are the article {:?}; name two", corpus.get(a).id.as_str()),
        ));
    }
    Ok(())
}

/// The article that `name` means: an id, or else where it was read, or the end of either.
///
/// # Errors
/// [`Error::UnknownArticle`] where none is meant, or more than one.
pub fn find(corpus: &Corpus, name: &str) -> Result<DocId> {
    if let Some(doc) = corpus.find(name) {
        return Ok(doc);
    }
    let sources = |doc: &DocId| corpus.get(*doc).source.to_string();
    let exact: Vec<DocId> = corpus.docs().filter(|doc| sources(doc) == name).collect();
    let meant = if exact.is_empty() {
        let ends =
            |doc: &DocId| corpus.get(*doc).id.ends_with(name) || sources(doc).ends_with(name);
        let starts = |doc: &DocId| corpus.get(*doc).id.starts_with(name);
        corpus.docs().filter(|doc| ends(doc) || starts(doc)).collect()
    } else {
        exact
    };
    let hint = match meant.as_slice() {
        [one] => return Ok(*one),
        [] => "; ids are in the first column of the articles table".to_owned(),
        many => {
            let ids: Vec<&str> =
                many.iter().take(3).map(|&doc| corpus.get(doc).id.as_str()).collect();
            format!(", but {} have one like it: {} …", many.len(), ids.join(", "))
        }
    };
    Err(Error::UnknownArticle { id: name.into(), hint: hint.into() })
}

impl Explanation {
    fn story_verdict(&self) -> &'static str {
        match (self.same_story, self.same_storyline) {
            (true, _) => "yes",
            (false, true) => "no, but two stories of one storyline",
            (false, false) => "no",
        }
    }
}

impl Named {
    pub(crate) fn of(article: &Article) -> Self {
        Self {
            id: article.id.to_string(),
            outlet: article.outlet.to_string(),
            published: article.published.map(|at| at.to_string()).unwrap_or_default(),
            title: article.title.to_string(),
            source: article.source.to_string(),
        }
    }
}

fn near_duplicates(
    corpus: &Corpus,
    config: &PipelineConfig,
    a: DocId,
    b: DocId,
    same_family: bool,
) -> NearDuplicateEvidence {
    let near = &config.near_duplicates;
    let (of_a, of_b) = (corpus.get(a), corpus.get(b));
    let mut shingler = near.shingler();
    let (set_a, set_b) = (shingler.article_set(of_a), shingler.article_set(of_b));
    let shingles = overlap(&set_a, &set_b);
    let (hasher, banding) = (near.hasher(), near.banding());
    let mut signed = |article: &Article| {
        let mut signature = Vec::new();
        hasher.sign(shingler.article(article), &mut signature);
        (signature, simhash(shingler.article(article)))
    };
    let ((signature_a, print_a), (signature_b, print_b)) = (signed(of_a), signed(of_b));
    let hit = band_hashes(&signature_a, banding).zip(band_hashes(&signature_b, banding));
    let verdict = near.is_near_duplicate(shingles) || near.is_part(shingles);
    let (short, long) = if set_a.len() <= set_b.len() { (&set_a, of_b) } else { (&set_b, of_a) };
    let kind = evidence(shingles, near, || {
        let mut whole = ShingleSet::new();
        whole.fill(shingler.article(long));
        let mut places: Vec<usize> = short.iter().filter_map(|&one| whole.place(one)).collect();
        places.sort_unstable();
        places
    });
    NearDuplicateEvidence {
        verdict,
        same_family,
        ngram: near.ngram,
        fields: near.fields,
        shingles,
        jaccard: shingles.jaccard(),
        containment_a: shingles.containment_a(),
        containment_b: shingles.containment_b(),
        threshold: near.threshold,
        least_containment: near.containment,
        evidence: verdict.then_some(kind),
        method: near.method,
        banding,
        bands_hit: hit.enumerate().filter(|(_, (a, b))| a == b).map(|(band, _)| band).collect(),
        simhash_distance: (print_a ^ print_b).count_ones(),
        shared_runs: shared_runs(near.fields.of(of_a), &set_b, near.ngram),
    }
}

/// The longest runs of some texts whose shingles are all in `set`, longest first.
fn shared_runs<'t>(texts: impl Iterator<Item = &'t str>, set: &[u64], ngram: usize) -> Vec<String> {
    let mut runs: Vec<(u32, String)> =
        texts.flat_map(|text| shared_runs_of(text, set, ngram)).collect();
    runs.sort_by_key(|(tokens, _)| std::cmp::Reverse(*tokens));
    runs.into_iter().take(RUNS_QUOTED).map(|(_, run)| run).collect()
}

/// The longest runs of one text, with their lengths in tokens.
fn shared_runs_of(text: &str, set: &[u64], ngram: usize) -> Vec<(u32, String)> {
    let mut tokens = Vec::new();
    tokenise(text, &mut tokens);
    let mut shingles = Vec::new();
    let hashes: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
    shingle_hashes(&hashes, ngram, &mut shingles);
    let mut runs: Vec<TokenSpan> = Vec::new();
    for (start, shingle) in (0_u32..).zip(&shingles) {
        if set.binary_search(shingle).is_ok() {
            let end = (start as usize + ngram).min(tokens.len()) as u32;
            match runs.last_mut() {
                // The next shingle of a run begins one token on.
                Some(run) if run.end + 1 == end => run.end = end,
                _ => runs.push(TokenSpan { start, end }),
            }
        }
    }
    runs.sort_by_key(|run| (std::cmp::Reverse(run.len()), run.start));
    let quote = |run: &TokenSpan| {
        let (first, last) = (tokens[run.start as usize], tokens[run.end as usize - 1]);
        (run.len(), ByteSpan { start: first.start, end: last.end }.of(text).to_owned())
    };
    runs.iter().take(RUNS_QUOTED).map(quote).collect()
}

fn shared_passages(
    corpus: &Corpus,
    statistics: &Statistics,
    config: &PipelineConfig,
    a: DocId,
    b: DocId,
    observer: &dyn Observer,
) -> Result<Vec<SharedPassage>> {
    let mut shared = Vec::new();
    for passage in passage::passages(corpus, statistics, &config.passage, observer)? {
        let within = |doc: DocId| passage.occurrences.iter().find(|there| there.doc == doc);
        if let (Some(here), Some(_)) = (within(a), within(b)) {
            let mut docs: Vec<DocId> = passage.occurrences.iter().map(|there| there.doc).collect();
            docs.dedup();
            shared.push(SharedPassage {
                id: passage.id.clone(),
                kind: passage.kind,
                tokens: passage.tokens,
                articles: docs.len(),
                text: here.bytes.of(&corpus.get(a).text).to_owned(),
            });
        }
    }
    shared.sort_by(|x, y| y.tokens.cmp(&x.tokens).then_with(|| x.id.cmp(&y.id)));
    Ok(shared)
}

/// One line of text, cut to what a reader needs to know which words are meant.
fn quoted(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(QUOTED_CHARS) {
        Some((cut, _)) => format!("“{}…”", &line[..cut]),
        None => format!("“{line}”"),
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.id))?;
        for part in [&self.outlet, &self.published] {
            if !part.is_empty() {
                write!(f, ", {}", one_line(part))?;
            }
        }
        if !self.title.is_empty() {
            write!(f, "\n   {}", quoted(&self.title))?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    /// In words first, numbers after.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "A  {}", self.a)?;
        writeln!(f, "B  {}\n", self.b)?;
        write!(f, "{}", self.near_duplicates)?;
        writeln!(f, "\nOne story?  {}.", self.story_verdict())?;
        self.stories.iter().try_for_each(|story| write!(f, "{story}"))?;
        write!(f, "{}", self.story)?;
        writeln!(f, "\nShared passages?  {}.", count(self.passages.len()))?;
        for passage in &self.passages {
            writeln!(
                f,
                "  {}, {} words, in {} articles: {}",
                passage.kind.name(),
                passage.tokens,
                passage.articles,
                quoted(&passage.text)
            )?;
        }
        Ok(())
    }
}

/// How many passages two articles share, in words. Those that lie in others are among them.
fn count(n: usize) -> String {
    match n {
        0 => "none".to_owned(),
        1 => "1".to_owned(),
        n => format!("{n}, those that lie in others among them"),
    }
}

impl fmt::Display for NearDuplicateEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.verdict, self.same_family, self.evidence) {
            (true, _, Some(Evidence::Identical)) => "yes, the same words throughout",
            (true, _, Some(Evidence::Truncation)) => "yes, one begins with the other",
            (true, _, Some(Evidence::Framed)) => "yes, one stands within the other",
            (true, _, Some(Evidence::Brief)) => "yes, one is made of pieces of the other",
            (true, ..) => "yes",
            (false, true, _) => "not with each other, but both are of one family, through others",
            (false, false, _) => "no",
        };
        let side = if self.jaccard >= self.threshold { "which reaches" } else { "under" };
        let of_fields = match (self.fields.has_title(), self.fields.has_text()) {
            (true, true) => " of title and text",
            (true, false) => " of the title",
            _ => "",
        };
        let Overlap { a, b, shared } = self.shingles;
        writeln!(f, "Near-duplicates?  {verdict}.")?;
        writeln!(
            f,
            "  They share {shared} of {} different runs of {} words{}: Jaccard {:.4}, {side} the \
             threshold of {}.",
            a + b - shared,
            self.ngram,
            of_fields,
            self.jaccard,
            self.threshold
        )?;
        writeln!(
            f,
            "  {:.1} % of A's are in B, {:.1} % of B's are in A.",
            100.0 * self.containment_a,
            100.0 * self.containment_b
        )?;
        if self.verdict && self.jaccard < self.threshold {
            writeln!(
                f,
                "  So the shorter one is a part of the longer one: that asks for {:.1} %.",
                100.0 * self.least_containment
            )?;
        }
        writeln!(
            f,
            "  The sketches agree in {} of {} bands of {} rows; the fingerprints differ in {} of 64 bits.",
            self.bands_hit.len(),
            self.banding.bands,
            self.banding.rows,
            self.simhash_distance
        )?;
        for run in &self.shared_runs {
            writeln!(f, "  both: {}", quoted(run))?;
        }
        Ok(())
    }
}
