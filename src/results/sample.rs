//! Results made by hand, for the tests of everything that writes results.

use serde_json::json;

use super::{Results, RunFacts, Timing};
use crate::analysis::Network;
use crate::article::{Article, ByteSpan, CharSpan, DocId, Published};
use crate::candidates::Method;
use crate::error::{Position, Reject};
use crate::family::{Families, Family, KeptReason, Member};
use crate::ingest::{Compression, Format, InputFile};
use crate::observer::Stage;
use crate::passage::{Aligned, Kind, Occurrence, Passage, Shares, Stretch, origins};
use crate::story::{Certainty, First, Stories, Story, Storyline};
use crate::verify::{Evidence, Overlap, VerifiedPair};

/// The paragraph that three outlets share.
pub(crate) const SHARED: &str =
    "The harbour bridge will close for repairs on Monday, the port said.";

/// A title that would run, break out of a tag, an attribute, a script, a CSV field or a line.
pub(crate) const HOSTILE: &str =
    "</script><script>alert(1)</script>\" onload='x()' <!-- \u{202e}lru, \r\nnull\0 {{7*7}}";

/// A run's results.
pub(crate) struct Sample {
    pub(crate) results: Results,
}

impl Sample {
    /// Six articles: `a` (City Wire) followed by `b` and `c`, where `b` is a copy of `a`; `d`
    /// undated and hostile in every field; `e` and `f` on another event.
    pub(crate) fn new() -> Self {
        let article = |id: &str, outlet: &str, published: &str, title: &str, text: &str| Article {
            id: id.into(),
            outlet: outlet.into(),
            url: format!("https://{}.example/{id}", outlet.to_lowercase().replace(' ', "-")).into(),
            published: published.parse().ok().map(|at| Published { at, day_only: false }),
            title: title.into(),
            text: text.into(),
            lang: "en".into(),
            author: "".into(),
            source: Position::line("made-up.jsonl", 1),
            notes: Default::default(),
            mending: None,
            furniture: None,
        };
        let wire = format!("Größe zählt. {SHARED} Traffic turns to the tunnel.");
        let mut hostile = article("../../x<b>", HOSTILE, "", HOSTILE, HOSTILE);
        hostile.url = "javascript:alert(2)".into();
        hostile.lang = Default::default();
        hostile.author = HOSTILE.into();
        let corpus = crate::testing::by_id(vec![
            article("a", "City Wire", "2024-05-01T08:00:00Z", "Bridge closes", &wire),
            article("b", "Harbour Post", "2024-05-01T10:00:00Z", "Bridge to close", &wire),
            article(
                "c",
                "Valley Times",
                "2024-05-01T14:30:00Z",
                "No bridge, no market",
                &format!(
                    "Stall holders wrote their own story and quoted one line. {SHARED} \
                          They fear for the market, which has stood at the bridge for 90 years."
                ),
            ),
            hostile,
            article("e", "City Wire", "2024-05-03T08:00:00Z", "Ferry, again", "A ferry sails."),
            article("f", "Harbour Post", "2024-05-04T08:00:00Z", "", "A ferry also sails."),
        ]);
        let doc = |id: &str| corpus.find(id).unwrap();
        let occurrence = |id: &str| {
            let text = &corpus.get(doc(id)).text;
            let start = text.find(SHARED).unwrap();
            let chars = text[..start].chars().count() as u32;
            Occurrence {
                doc: doc(id),
                bytes: ByteSpan { start: start as u32, end: (start + SHARED.len()) as u32 },
                chars: CharSpan { start: chars, end: chars + SHARED.len() as u32 },
                tokens: 12,
                identity: 1.0,
            }
        };
        let passages = vec![Passage {
            id: "p1".into(),
            kind: Kind::Syndicated,
            tokens: 12,
            articles: 3,
            outlets: 3,
            occurrences: ["a", "b", "c"].map(occurrence).to_vec(),
            first: 0,
            names: Vec::new(),
        }];
        let stretch = |id: &str| {
            let Occurrence { doc, bytes, chars, tokens, .. } = occurrence(id);
            Stretch { doc, bytes, chars, tokens }
        };
        let aligned = |a: &str, b: &str| Aligned {
            passage: 0,
            a: stretch(a),
            b: stretch(b),
            matched: 12,
            reworded: false,
        };
        let alignments = vec![aligned("a", "b"), aligned("b", "c")];
        let all = |shared| Overlap { a: 16, b: 15, shared };
        let pair = VerifiedPair {
            a: doc("a"),
            b: doc("b"),
            overlap: all(15),
            evidence: Evidence::Identical,
        };
        let member = |id, with_kept| Member { doc: doc(id), kept: doc("a"), with_kept };
        let family = Family {
            id: "f1".into(),
            kept: doc("a"),
            members: vec![
                member("a", Overlap { a: 16, b: 16, shared: 16 }),
                member("b", all(15).swapped()),
            ],
            min_jaccard: all(15).jaccard(),
            reason: KeptReason::First,
            drift: 1.0 - all(15).jaccard(),
        };
        let story = |id: &str, headline: &str, members: &[&str], storyline| Story {
            id: id.into(),
            headline: headline.into(),
            members: members.iter().map(|id| doc(id)).collect(),
            lead: doc(members[members.len() - 1]),
            texts: members.len() as u32,
            cohesion: 1.0 / 3.0,
            weakest: (members.len() > 1).then(|| (doc(members[0]), 0.25)),
            similarities: match members.len() {
                1 => Vec::new(),
                many => (1..=many).map(|place| place as f64 / 4.0).collect(),
            },
            first: (members.len() > 1)
                .then(|| First { doc: doc(members[0]), certainty: Certainty::Certain }),
            terms: vec!["bridge".into(), "port said".into()],
            storyline,
        };
        let stories = Stories {
            stories: vec![
                story("s0", HOSTILE, &["../../x<b>"], None),
                story("s1", "No bridge, no market", &["a", "b", "c"], Some(0)),
                story("s2", "Ferry, again", &["e", "f"], Some(0)),
            ],
            storylines: vec![Storyline {
                id: "l1".into(),
                headline: "No bridge, no market".into(),
                stories: vec![1, 2],
            }],
            of: vec![0, 1, 1, 1, 2, 2],
        };
        let mut shares = vec![Shares::default(); corpus.len()];
        shares[doc("c").index()] = Shares { copied: 12.0 / 34.0, boilerplate: 0.0 };
        let credits = vec![String::new(); corpus.len()];
        let mut credited = origins(&corpus, &passages, &credits);
        credited[0].credit = "Nordfunk".into();
        let results = Results {
            tokens: vec![20, 17, 18, 34, 3, 4],
            chars: corpus.articles().iter().map(|a| a.text.chars().count() as u32).collect(),
            method: Method::MinHash,
            pairs: Some(vec![pair]),
            families: Some(Families::new(vec![family], corpus.len())),
            stories: Some(stories),
            network: Some(Network::of(&corpus, &passages, &credited)),
            merged_into: std::collections::BTreeMap::new(),
            cuts: None,
            origins: Some(credited),
            credits: Some(credits),
            passages: Some(passages),
            alignments: Some(alignments),
            shares: Some(shares),
            rejects: vec![Reject {
                position: Position::line("made-up.jsonl", 7),
                reason: format!("no text: {HOSTILE}").into(),
            }],
            run: RunFacts {
                version: "0.1.0".into(),
                command: vec!["newsfold".into(), "run".into(), "--threads=9".into()],
                parameters: [("threshold".to_string(), json!(0.7))].into(),
                seed: 42,
                threads: 9,
                inputs: vec![InputFile {
                    path: "made-up.jsonl".into(),
                    bytes: 1234,
                    xxh3: Some("00".into()),
                    format: Some(Format::JsonLines),
                    compression: Compression::None,
                    encoding: None,
                    is_member: false,
                    is_reference: false,
                    records: 7,
                    accepted: 6,
                    unreadable_dates: 0,
                    ids_may_be_numbers: false,
                    fields: Vec::new(),
                }],
                warnings: vec!["1 article has no date".into()],
                timings: vec![Timing { stage: Stage::Ingest, seconds: 0.5, bytes: 1_000_000 }],
                memory_budget: Some(1 << 30),
                peak_memory: Some(1 << 20),
                recall: None,
            },
            corpus,
            stand_in: None,
        };
        Self { results }
    }

    /// The place of the article with this id.
    pub(crate) fn doc(&self, id: &str) -> DocId {
        self.results.corpus.find(id).unwrap()
    }
}
