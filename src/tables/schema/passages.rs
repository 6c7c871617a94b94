//! Passages, the places where they stand, and what they are made of.

use crate::article::{ByteSpan, CharSpan, Published};
use crate::passage::{self, Aligned, Kind, Origin, Reason, Stretch};
use crate::results::Results;
use crate::scrub::{Cut, Cuts};
use crate::tables::value::{Id, Text, known};

/// A passage by its place.
struct At<'a> {
    results: &'a Results,
    all: &'a [passage::Passage],
    place: usize,
    passage: &'a passage::Passage,
    origin: Option<&'a Origin>,
}

impl<'a> At<'a> {
    fn first(&self) -> &'a crate::article::Article {
        self.results.corpus.get(self.passage.first().doc)
    }

    fn source(&self) -> Option<&'a passage::Source> {
        self.origin.and_then(|origin| origin.source.as_ref())
    }
}

table! {
    /// A passage: a stretch of text that occurs more than once, or a credit line.
    "passages", Passage of at: &At<'a> {
        /// Its id.
        passage_id: Text<'a> = at.passage.id.as_str().into();
        /// What its recurrence means. Syndicated: it stands in two outlets or more. Quotation: the same words in
        /// quotation marks. Repeated: more than once in one article. Recycled: used again by the outlet that
        /// wrote it. Phrase: a name or stock phrase, too little to tell a copy. Boilerplate: what one outlet
        /// prints around its articles. Credit: it names the agency or the source. Document: a speech, statement
        /// or law that several print.
        kind: Kind = at.passage.kind;
        /// Its text where it was published first.
        text: Text<'a> = at.results.passage_text(at.place).into();
        /// Tokens (words) of that text.
        tokens: u32 = at.passage.tokens;
        /// The articles that have it.
        articles: u32 = at.passage.articles;
        /// The outlets that have it. Articles of unknown outlet do not count.
        outlets: u32 = at.passage.outlets;
        /// The places where it stands.
        occurrences: usize = at.passage.occurrences.len();
        /// The article published first that has it.
        first_id: Id<'a> = Id(at.first().id.as_str().into());
        /// When that was published.
        first_published: Option<Published> = at.first().published;
        /// Who published that.
        first_outlet: Option<Text<'a>> = known(at.first().outlet.as_str());
        /// The agency or source that its articles name, in credit lines or as their author.
        credit: Option<Text<'a>> = at.origin.and_then(|origin| known(origin.credit.as_str()));
        /// The shortest of the longer passages that half or more of its places lie in.
        parent_id: Option<Text<'a>> = at
            .origin
            .and_then(|origin| Some(at.all[origin.parent? as usize].id.as_str().into()));
        /// Who is likely to have had it first.
        likely_source: Option<Text<'a>> = at.source().and_then(|source| known(source.name.as_str()));
        /// Why.
        source_reason: Option<Reason> = at.source().map(|source| source.reason);
    }
}

impl<'a> Passage<'a> {
    pub(super) fn all(
        results: &'a Results,
        all: &'a [passage::Passage],
    ) -> impl Iterator<Item = Self> {
        all.iter().enumerate().map(move |(place, passage)| {
            let origin = results.origins.as_ref().map(|origins| &origins[place]);
            Self::of(&At { results, all, place, passage, origin })
        })
    }
}

/// A place where a passage stands, in the text as read.
struct Standing<'a> {
    results: &'a Results,
    passage: &'a passage::Passage,
    at: &'a passage::Occurrence,
    chars: CharSpan,
    bytes: ByteSpan,
}

table! {
    /// A place where a passage stands.
    "occurrences", Occurrence of there: &Standing<'a> {
        /// The passage.
        passage_id: Text<'a> = there.passage.id.as_str().into();
        /// The article.
        id: Id<'a> = Id(there.results.corpus.get(there.at.doc).id.as_str().into());
        /// Its first character in the article's text as read, from 0.
        start: u32 = there.chars.start;
        /// One past its last character.
        end: u32 = there.chars.end;
        /// Its first UTF-8 byte in the article's text as read, from 0.
        byte_start: u32 = there.bytes.start;
        /// One past its last byte.
        byte_end: u32 = there.bytes.end;
        /// The share of its words that agree with where the passage was published first, 0 to 1.
        identity: f64 = there.at.identity;
        /// Words that differ from there.
        edits: u32 = there.passage.edits(there.at);
    }
}

impl<'a> Occurrence<'a> {
    pub(super) fn all(
        results: &'a Results,
        all: &'a [passage::Passage],
    ) -> impl Iterator<Item = Self> {
        let each =
            all.iter().flat_map(|passage| passage.occurrences.iter().map(move |at| (passage, at)));
        each.map(move |(passage, at)| {
            let article = results.corpus.get(at.doc);
            let (chars, bytes) = (article.chars_as_read(at.chars), article.bytes_as_read(at.bytes));
            Self::of(&Standing { results, passage, at, chars, bytes })
        })
    }
}

/// What is cut out of an article that is written, in its text as read.
struct Gone<'a> {
    results: &'a Results,
    cut: &'a Cut,
    chars: CharSpan,
    bytes: ByteSpan,
}

table! {
    /// A stretch that `--scrub` cut out of a text that was written: whole sentences, with the white space
    /// on one side of them.
    "scrubbed", Scrubbed of gone: &Gone<'a> {
        /// The article.
        id: Id<'a> = Id(gone.results.corpus.get(gone.cut.doc).id.as_str().into());
        /// The first character in the article's text as read, from 0.
        start: u32 = gone.chars.start;
        /// One past the last character.
        end: u32 = gone.chars.end;
        /// The first UTF-8 byte in the article's text as read, from 0.
        byte_start: u32 = gone.bytes.start;
        /// One past the last byte.
        byte_end: u32 = gone.bytes.end;
        /// Tokens that went.
        tokens: u32 = gone.cut.tokens;
        /// Those of them in syndicated passages; the others are boilerplate.
        syndicated: u32 = gone.cut.syndicated;
        /// The passage that has the most of them. Unknown for what an outlet prints around its articles, which
        /// is found before passages are.
        passage_id: Option<Text<'a>> = gone.passage().map(|passage| passage.id.as_str().into());
    }
}

impl<'a> Gone<'a> {
    fn passage(&self) -> Option<&'a passage::Passage> {
        self.results.passages.as_deref()?.get(self.cut.passage? as usize)
    }
}

impl<'a> Scrubbed<'a> {
    pub(super) fn all(results: &'a Results, cuts: &'a Cuts) -> impl Iterator<Item = Self> {
        cuts.all().iter().map(|cut| {
            let article = results.corpus.get(cut.doc);
            let (chars, bytes) =
                (article.chars_as_read(cut.chars), article.bytes_as_read(cut.bytes));
            Self::of(&Gone { results, cut, chars, bytes })
        })
    }
}

/// Two stretches that agree, each in its text as read.
struct Pair<'a> {
    passage: &'a passage::Passage,
    aligned: &'a Aligned,
    a: Side<'a>,
    b: Side<'a>,
}

struct Side<'a> {
    id: &'a str,
    chars: CharSpan,
    bytes: ByteSpan,
    tokens: u32,
}

impl<'a> Side<'a> {
    fn of(results: &'a Results, stretch: &Stretch) -> Self {
        let article = results.corpus.get(stretch.doc);
        Self {
            id: &article.id,
            chars: article.chars_as_read(stretch.chars),
            bytes: article.bytes_as_read(stretch.bytes),
            tokens: stretch.tokens,
        }
    }
}

table! {
    /// Two stretches of two articles that agree, word by word. Passages are groups of these. Where runs of words changed places, one alignment
    /// goes over all of them; each of them is a passage.
    "alignments", Alignment of at: &Pair<'a> {
        /// The passage.
        passage_id: Text<'a> = at.passage.id.as_str().into();
        /// The first article.
        id_a: Id<'a> = Id(at.a.id.into());
        /// The first character there, from 0.
        start_a: u32 = at.a.chars.start;
        /// One past the last character there.
        end_a: u32 = at.a.chars.end;
        /// The first UTF-8 byte there, from 0.
        byte_start_a: u32 = at.a.bytes.start;
        /// One past the last byte there.
        byte_end_a: u32 = at.a.bytes.end;
        /// Tokens there.
        tokens_a: u32 = at.a.tokens;
        /// The second article.
        id_b: Id<'a> = Id(at.b.id.into());
        /// The first character there, from 0.
        start_b: u32 = at.b.chars.start;
        /// One past the last character there.
        end_b: u32 = at.b.chars.end;
        /// The first UTF-8 byte there, from 0.
        byte_start_b: u32 = at.b.bytes.start;
        /// One past the last byte there.
        byte_end_b: u32 = at.b.bytes.end;
        /// Tokens there.
        tokens_b: u32 = at.b.tokens;
        /// Tokens that match.
        matched: u32 = at.aligned.matched;
        /// Whether it is reworded text, found by `--reworded`, and not a copy.
        reworded: bool = at.aligned.reworded;
    }
}

impl<'a> Alignment<'a> {
    pub(super) fn all(
        results: &'a Results,
        all: &'a [passage::Passage],
    ) -> impl Iterator<Item = Self> {
        results.alignments.iter().flatten().map(move |aligned| {
            let side = |stretch| Side::of(results, stretch);
            let passage = &all[aligned.passage as usize];
            Self::of(&Pair { passage, aligned, a: side(&aligned.a), b: side(&aligned.b) })
        })
    }
}
