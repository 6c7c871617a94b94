//! Verified pairs to families of near-duplicates, each with the one article that is kept.
//!
//! A family is a connected component of the verified pairs, cut where it drifts. From the article
//! that is kept the component is walked outward; an article is an update, and begins a family of its
//! own, where it hangs on the rest by one pair and is no near-duplicate of the family's first, or
//! where it is less alike to that one than two copies of one text must be. Jaccard distance is a
//! metric: two near-duplicates of one text at threshold t are at least 2t − 1 alike. Cost: a search
//! among the pairs for each member, which is shingled again only where the two were not compared.

mod components;
mod overlaps;

use std::fmt;
use std::str::FromStr;

use rayon::prelude::*;
use serde::Serialize;

use crate::article::{Corpus, DocId, derived_id};
use crate::candidates::NearDuplicateConfig;
use crate::error::{Error, Result};
use crate::observer::{Observer, Stage, Unit};
use crate::union_find::UnionFind;
use crate::verify::{Overlap, VerifiedPair};
use overlaps::Overlaps;

/// Which member of a family is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The first published, then the longest.
    #[default]
    First,
    /// The longest, then the first published.
    Longest,
    /// One of the outlet named earliest, then the first published.
    Outlets(Vec<String>),
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Longest => f.write_str("longest"),
            Self::Outlets(names) => write!(f, "outlet:{}", names.join(",")),
        }
    }
}

impl FromStr for Keep {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match (text, text.strip_prefix("outlet:")) {
            ("first", _) => Ok(Self::First),
            ("longest", _) => Ok(Self::Longest),
            (_, Some(names)) if names.split(',').all(|name| !name.trim().is_empty()) => {
                Ok(Self::Outlets(names.split(',').map(|name| name.trim().to_owned()).collect()))
            }
            _ => Err(Error::Config {
                option: "--keep".into(),
                reason: format!("{text:?} is none of first, longest, outlet:NAME,NAME"),
            }),
        }
    }
}

impl Serialize for Keep {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Keep {
    /// The member of `docs` to keep; ties go to the smallest id.
    ///
    /// # Panics
    /// If `docs` is empty.
    fn choose(&self, corpus: &Corpus, docs: &[DocId]) -> DocId {
        let earlier = |a: DocId, b: DocId| {
            let dates =
                |doc: DocId| (corpus.get(doc).published.is_none(), corpus.get(doc).published);
            dates(a).cmp(&dates(b))
        };
        let longer = |a: DocId, b: DocId| corpus.get(b).text.len().cmp(&corpus.get(a).text.len());
        let preferred = |names: &[String], doc: DocId| {
            names.iter().position(|name| *name == *corpus.get(doc).outlet).unwrap_or(names.len())
        };
        let best = docs.iter().copied().min_by(|&a, &b| {
            let order = match self {
                Self::First => earlier(a, b).then_with(|| longer(a, b)),
                Self::Longest => longer(a, b).then_with(|| earlier(a, b)),
                Self::Outlets(names) => preferred(names, a)
                    .cmp(&preferred(names, b))
                    .then_with(|| earlier(a, b))
                    .then_with(|| longer(a, b)),
            };
            order.then(a.cmp(&b))
        });
        best.expect("a family has members")
    }
}

/// A group of near-duplicate articles.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Derived from the members' ids: the same group has the same id in the next run.
    pub id: String,
    /// The original: the member that stands for the others.
    pub kept: DocId,
    /// All members, the kept one among them, in order of [`DocId`].
    pub members: Vec<Member>,
    /// The weakest link: the lowest Jaccard without which the family would fall apart.
    pub min_jaccard: f64,
}

/// A member of a family, held against the kept article.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The article.
    pub doc: DocId,
    /// Its exact overlap (as `a`) with the kept article (as `b`).
    pub with_kept: Overlap,
}

/// The families of a run, each of two articles or more, in order of their first member.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Families {
    families: Vec<Family>,
    /// For each article, its family's place, or `u32::MAX`.
    of: Vec<u32>,
}

impl Families {
    /// Indexes the families of a corpus of `articles` articles.
    pub fn new(mut families: Vec<Family>, articles: usize) -> Self {
        families.sort_by_key(|family| family.members[0].doc);
        let mut of = vec![u32::MAX; articles];
        for (place, family) in families.iter().enumerate() {
            for member in &family.members {
                of[member.doc.index()] = place as u32;
            }
        }
        Self { families, of }
    }

    /// All of them.
    pub fn all(&self) -> &[Family] {
        &self.families
    }

    /// The family that the article belongs to.
    pub fn of(&self, doc: DocId) -> Option<&Family> {
        self.families.get(self.of[doc.index()] as usize)
    }

    /// The article that stands for `doc`: its family's kept one, else itself.
    pub fn representative(&self, doc: DocId) -> DocId {
        self.of(doc).map_or(doc, |family| family.kept)
    }
}

/// Gathers verified pairs into families.
pub fn families(
    corpus: &Corpus,
    pairs: &[VerifiedPair],
    keep: &Keep,
    config: &NearDuplicateConfig,
    observer: &dyn Observer,
) -> Result<Families> {
    observer.begin(Stage::Family, None, Unit::Steps);
    // A part is no copy of the whole: what it leaves out may be what matters.
    let alike = pairs.iter().filter(|pair| config.is_near_duplicate(pair.overlap));
    let links: Vec<(DocId, DocId, f64)> =
        alike.map(|pair| (pair.a, pair.b, pair.overlap.jaccard())).collect();
    let found = components::components(&links, corpus.len())
        .par_iter()
        .map_init(
            || Builder { corpus, keep, overlaps: Overlaps::new(corpus, pairs, config.ngram) },
            |builder, component| {
                observer.check()?;
                Ok(builder.split(component, config.threshold))
            },
        )
        .collect::<Result<Vec<Vec<Family>>>>()?
        .concat();
    observer.end(Stage::Family);
    Ok(Families::new(found, corpus.len()))
}

struct Builder<'a> {
    corpus: &'a Corpus,
    keep: &'a Keep,
    overlaps: Overlaps<'a>,
}

impl Builder<'_> {
    /// Cuts a component where it drifts.
    fn split(&mut self, component: &components::Component, threshold: f64) -> Vec<Family> {
        let docs = &component.docs;
        let kept = self.keep.choose(self.corpus, docs);
        let root = docs.binary_search(&kept).expect("the kept article is a member") as u32;
        // The part each article belongs to, and each part's head: the article it is held against.
        let mut part_of = vec![0; docs.len()];
        let mut heads = vec![kept];
        for visit in components::walk(docs.len(), &component.links, root) {
            let place = visit.place as usize;
            let Some(from) = visit.from else { continue };
            part_of[place] = part_of[from as usize];
            let least = if visit.across_bridge { threshold } else { 2.0 * threshold - 1.0 };
            let (doc, head) = (docs[place], heads[part_of[place]]);
            if self.overlaps.get(doc, head).jaccard() < least {
                part_of[place] = heads.len();
                heads.push(doc);
            }
        }
        let mut parts = vec![(Vec::new(), Vec::new()); heads.len()];
        for (place, &part) in part_of.iter().enumerate() {
            parts[part].0.push(docs[place]);
        }
        for &(a, b, jaccard) in &component.links {
            if part_of[a as usize] == part_of[b as usize] {
                parts[part_of[a as usize]].1.push((docs[a as usize], docs[b as usize], jaccard));
            }
        }
        parts
            .into_iter()
            .filter(|(docs, _)| docs.len() > 1)
            .map(|(docs, links)| self.family(&docs, &links))
            .collect()
    }

    fn family(&mut self, docs: &[DocId], links: &[(DocId, DocId, f64)]) -> Family {
        let kept = self.keep.choose(self.corpus, docs);
        // The last member answers for the size of the kept article, or the first where that is it.
        let other = if docs[0] == kept { docs[docs.len() - 1] } else { docs[0] };
        let size = self.overlaps.get(other, kept).b;
        let itself = Overlap { a: size, b: size, shared: size };
        let mut with_kept = |doc| if doc == kept { itself } else { self.overlaps.get(doc, kept) };
        let members = docs.iter().map(|&doc| Member { doc, with_kept: with_kept(doc) }).collect();
        Family {
            id: derived_id(docs.iter().map(|&doc| self.corpus.get(doc).id.as_str())),
            kept,
            members,
            min_jaccard: weakest_link(docs, links),
        }
    }
}

/// The lowest Jaccard that is needed to hold the articles together: the last link that joins two
/// parts when links are taken strongest first.
fn weakest_link(docs: &[DocId], links: &[(DocId, DocId, f64)]) -> f64 {
    let place = |doc: DocId| docs.binary_search(&doc).expect("both ends are members") as u32;
    let mut strongest_first: Vec<(f64, u32, u32)> =
        links.iter().map(|&(a, b, jaccard)| (jaccard, place(a), place(b))).collect();
    strongest_first.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| (x.1, x.2).cmp(&(y.1, y.2))));
    let mut sets = UnionFind::new(docs.len());
    let mut weakest = 1.0;
    for (jaccard, a, b) in strongest_first {
        if sets.union(a, b) {
            weakest = jaccard;
        }
    }
    weakest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, Published};
    use crate::candidates;
    use crate::observer::Silent;
    use crate::testing::article;
    use crate::verify::verify;

    /// Words `from..to`, each its own.
    fn words(from: usize, to: usize) -> String {
        (from..to).map(|i| format!("word{i} ")).collect()
    }

    fn dated(id: &str, text: &str, day: u8) -> Article {
        let at = format!("2024-05-{day:02}T10:00:00Z").parse().unwrap();
        Article { published: Some(Published { at, day_only: false }), ..article(id, text) }
    }

    fn families_of(articles: Vec<Article>, keep: &Keep) -> (Corpus, Families) {
        let corpus = crate::testing::by_id(articles);
        let config = NearDuplicateConfig::default();
        let sketches = candidates::sketch(&corpus, &config, &Silent).unwrap();
        let found = candidates::find(&corpus, &sketches, &config, &Silent).unwrap();
        let pairs = verify(&corpus, &found, &config, &Silent).unwrap();
        let families = families(&corpus, &pairs, keep, &config, &Silent).unwrap();
        (corpus, families)
    }

    fn ids(corpus: &Corpus, family: &Family) -> Vec<String> {
        family.members.iter().map(|member| corpus.get(member.doc).id.to_string()).collect()
    }

    #[test]
    fn the_first_published_is_kept_whatever_its_id() {
        let text = words(0, 100);
        let (corpus, families) = families_of(
            vec![dated("a", &text, 3), dated("b", &text, 1), article("c", &text)],
            &Keep::First,
        );
        let [family] = families.all() else { panic!("one family") };
        assert_eq!(corpus.get(family.kept).id, "b");
        assert_eq!(ids(&corpus, family), ["a", "b", "c"]);
        assert_eq!(family.min_jaccard, 1.0);
        assert_eq!(families.representative(DocId(0)), DocId(1));
    }

    #[test]
    fn the_longest_or_a_named_outlet_is_kept_where_asked() {
        let (short, long) = (words(0, 180), words(0, 200));
        let mut wire = dated("c", &short, 9);
        wire.outlet = "Norrland Wire".into();
        let articles = vec![dated("a", &short, 1), dated("b", &long, 2), wire];
        let (corpus, families) = families_of(articles.clone(), &Keep::Longest);
        assert_eq!(corpus.get(families.all()[0].kept).id, "b");
        let keep = "outlet:Nobody,Norrland Wire".parse().unwrap();
        let (corpus, families) = families_of(articles, &keep);
        assert_eq!(corpus.get(families.all()[0].kept).id, "c");
    }

    #[test]
    fn a_chain_of_updates_is_cut_where_it_has_drifted() {
        // Neighbours share 161 of 231 shingles (0.697 would miss; 165 / 227 is 0.727), the first
        // and the third 134 / 258.
        let articles = vec![
            dated("1", &words(0, 200), 1),
            dated("2", &words(31, 231), 2),
            dated("3", &words(62, 262), 3),
        ];
        let (corpus, families) = families_of(articles, &Keep::First);
        let [family] = families.all() else { panic!("the third is no copy of the first") };
        assert_eq!(ids(&corpus, family), ["1", "2"]);
        assert_eq!(family.min_jaccard, 165.0 / 227.0);
        assert!(families.of(DocId(2)).is_none());
    }

    /// Neighbours two and three steps apart are near-duplicates too, so that no pair is a bridge;
    /// the whole chain was one family, and articles were to be removed that share nothing with the
    /// kept one.
    #[test]
    fn a_chain_of_small_updates_is_cut_before_it_shares_nothing_with_its_first() {
        let articles = (0..30)
            .map(|step| {
                let text = words(step * 10, step * 10 + 200);
                dated(&format!("{step:02}"), &text, step as u8 + 1)
            })
            .collect();
        let (_, families) = families_of(articles, &Keep::First);
        assert!(families.all().len() > 1);
        for family in families.all() {
            for member in &family.members {
                assert!(member.with_kept.jaccard() >= 2.0 * 0.7 - 1.0, "{member:?}");
            }
        }
    }

    #[test]
    fn keep_reads_what_it_prints() {
        for keep in [Keep::First, Keep::Longest, Keep::Outlets(vec!["A".into(), "B C".into()])] {
            assert_eq!(keep.to_string().parse::<Keep>().unwrap(), keep);
        }
        assert!("outlet:".parse::<Keep>().is_err());
        assert!("newest".parse::<Keep>().is_err());
    }
}
