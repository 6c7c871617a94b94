//! Verified pairs to families of near-duplicates, and in each the articles that stay.
//!
//! A family is a connected component of the verified pairs, cut where it drifts. From the article
//! that is kept the component is walked outward; an article is an update, and begins a family of its
//! own, where it hangs on the rest by one pair and is no near-duplicate of the family's first, or
//! where it is less alike to that one than two copies of one text must be. Jaccard distance is a
//! metric: two near-duplicates of one text at threshold t are at least 2t − 1 alike.
//!
//! A member is removed by proof alone. The members are taken in the order of the policy; each goes
//! where one that stays is verified to be its near-duplicate and holds all of its shingles but the
//! share that may be lost, and stays otherwise (the greedy set cover of Johnson 1974, with the
//! policy in place of the size). So a family may keep several. Of two articles of one outlet, what is taken for the outlet's
//! furniture counts, too: versions of a live blog have long stretches in common. Cost: a search among the pairs for
//! each member, which is shingled again only where the two were not compared.

mod components;
mod keep;
mod overlaps;

use rayon::prelude::*;

pub use keep::{Keep, KeptReason};

use crate::article::{Corpus, DocId};
use crate::candidates::{FULL_BUCKET, NearDuplicateConfig};
use crate::error::Result;
use crate::observer::{Observer, Stage, Unit};
use crate::verify::{Evidence, Overlap, VerifiedPair};
use overlaps::Overlaps;

/// The default of [`Removal::max_loss`]. A changed word spoils five shingles, so this is a copy with
/// one word in twenty-five changed. On `neardup` 8,036 articles go at 0.2 and at 0.3 alike, 7,790
/// at 0.15 and 6,928 at 0.1; on `reuters` 593, 573 and 539, and 601 at 0.3.
pub const MAX_LOSS: f64 = 0.2;
/// So many kept articles that a member was not compared with are tried for it: those that its
/// neighbours go for.
const MOST_TRIED: usize = 8;

/// Which articles of a family stay, and what must be proven of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// Who goes before whom.
    pub keep: Keep,
    /// The greatest share of an article's shingles that may be missing from the kept one.
    pub max_loss: f64,
    /// Whether articles that fill one template with other names and numbers are copies.
    pub templates: bool,
}

impl Default for Removal {
    fn default() -> Self {
        Self { keep: Keep::default(), max_loss: MAX_LOSS, templates: false }
    }
}

impl Removal {
    /// Whether an article that overlaps so, as `a`, may go for the other.
    fn is_proven(&self, overlap: Overlap, config: &NearDuplicateConfig) -> bool {
        config.is_near_duplicate(overlap) && overlap.lost() <= self.max_loss
    }

    /// Whether a pair ties two articles into one family.
    fn ties(&self, pair: &VerifiedPair, config: &NearDuplicateConfig) -> bool {
        // A part is no copy of the whole: what it leaves out may be what matters.
        config.is_near_duplicate(pair.overlap)
            && (self.templates || pair.evidence != Evidence::Template)
    }
}

/// A group of near-duplicate articles.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Derived from the first member: the same group has the same id in the next run, and keeps it
    /// while it only grows.
    pub id: String,
    /// The member that the policy puts first; it is kept and stands for the family.
    pub kept: DocId,
    /// Why it does.
    pub reason: KeptReason,
    /// All members, in order of [`DocId`].
    pub members: Vec<Member>,
    /// The lowest Jaccard of a removed member to the one it goes for; 1 where none is removed.
    pub min_jaccard: f64,
    /// How far the family has drifted: the greatest Jaccard distance of a member to [`Self::kept`].
    pub drift: f64,
}

/// A member of a family, held against the article that is kept for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// The article.
    pub doc: DocId,
    /// The article that is kept for it; itself where it stays.
    pub kept: DocId,
    /// Its exact overlap (as `a`) with that one (as `b`).
    pub with_kept: Overlap,
}

impl Member {
    /// Whether another article is kept for this one.
    pub fn is_removed(&self) -> bool {
        self.doc != self.kept
    }
}

impl Family {
    fn is_large(&self) -> bool {
        self.members.len() > FULL_BUCKET
    }

    /// The members that another article is kept for.
    pub fn removed(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.is_removed())
    }
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

    /// Families of which no more is known than who stands for whom: `of` has the article that stands for each,
    /// itself where it is in no family.
    pub fn of_representatives(of: &[DocId]) -> Self {
        let mut members: Vec<(DocId, DocId)> = of.iter().copied().zip((0..).map(DocId)).collect();
        members.sort_unstable();
        let unknown = Overlap { a: 0, b: 0, shared: 0 };
        let family = |all: &[(DocId, DocId)]| {
            let member = |&(kept, doc): &(DocId, DocId)| Member { doc, kept, with_kept: unknown };
            Family {
                id: String::new(),
                kept: all[0].0,
                reason: KeptReason::First,
                members: all.iter().map(member).collect(),
                min_jaccard: 1.0,
                drift: 0.0,
            }
        };
        let families = members.chunk_by(|x, y| x.0 == y.0).filter(|all| all.len() > 1).map(family);
        Self::new(families.collect(), of.len())
    }

    /// All of them.
    pub fn all(&self) -> &[Family] {
        &self.families
    }

    /// The family that the article belongs to.
    pub fn of(&self, doc: DocId) -> Option<&Family> {
        self.families.get(self.of[doc.index()] as usize)
    }

    /// Whether both articles are of one family so large that not all of its pairs are compared.
    pub fn are_of_a_large_one(&self, a: DocId, b: DocId) -> bool {
        let (of_a, of_b) = (self.of[a.index()], self.of[b.index()]);
        of_a == of_b && self.of(a).is_some_and(Family::is_large)
    }

    /// How many pairs within large families are not among `listed`: they were not all compared.
    pub fn unlisted(&self, listed: impl Iterator<Item = (DocId, DocId)>) -> u64 {
        let large = self.families.iter().filter(|family| family.is_large());
        let pairs = large.map(|family| {
            let members = family.members.len() as u64;
            members * (members - 1) / 2
        });
        let pairs: u64 = pairs.sum();
        if pairs == 0 {
            return 0;
        }
        pairs - listed.filter(|&(a, b)| self.are_of_a_large_one(a, b)).count() as u64
    }

    /// What the article is in its family.
    pub fn member(&self, doc: DocId) -> Option<&Member> {
        let members = &self.of(doc)?.members;
        members.get(members.partition_point(|member| member.doc < doc))
    }

    /// The article as a member, where another is kept for it.
    pub fn removed(&self, doc: DocId) -> Option<&Member> {
        self.member(doc).filter(|member| member.is_removed())
    }

    /// The article that stands for `doc`: the first of its family, else itself.
    pub fn representative(&self, doc: DocId) -> DocId {
        self.of(doc).map_or(doc, |family| family.kept)
    }
}

/// Gathers verified pairs into families. Pairs that are compared to prove a removal join `pairs`,
/// which ascend before and after.
///
/// # Errors
/// Where the observer asks to stop.
pub fn families(
    corpus: &Corpus,
    pairs: &mut Vec<VerifiedPair>,
    removal: &Removal,
    config: &NearDuplicateConfig,
    observer: &dyn Observer,
) -> Result<Families> {
    observer.begin(Stage::Family, None, Unit::Steps);
    let ties = pairs.iter().filter(|pair| removal.ties(pair, config));
    let links: Vec<Link> =
        ties.map(|pair| Link { a: pair.a, b: pair.b, overlap: pair.overlap }).collect();
    let (found, compared): (Vec<Vec<Family>>, Vec<Vec<VerifiedPair>>) =
        components::components(&links, corpus.len())
            .par_iter()
            .map_init(
                || Builder {
                    corpus,
                    removal,
                    config,
                    overlaps: Overlaps::new(corpus, pairs, config),
                    compared: Vec::new(),
                },
                |builder, component| {
                    observer.check()?;
                    let families = builder.split(component);
                    Ok((families, std::mem::take(&mut builder.compared)))
                },
            )
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .unzip();
    pairs.extend(compared.into_iter().flatten());
    pairs.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
    observer.end(Stage::Family);
    Ok(Families::new(found.concat(), corpus.len()))
}

/// A pair that ties two articles into one family.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Link<Place = DocId> {
    a: Place,
    b: Place,
    overlap: Overlap,
}

struct Builder<'a> {
    corpus: &'a Corpus,
    removal: &'a Removal,
    config: &'a NearDuplicateConfig,
    overlaps: Overlaps<'a>,
    /// Pairs that verification had not listed and that prove a removal.
    compared: Vec<VerifiedPair>,
}

impl Builder<'_> {
    /// Cuts a component where it drifts.
    fn split(&mut self, component: &components::Component) -> Vec<Family> {
        let docs = &component.docs;
        let threshold = self.config.threshold;
        let root = self.rank(docs, &component.links).order[0];
        // The part each article belongs to, and each part's head: the article it is held against.
        let mut part_of = vec![0; docs.len()];
        let mut heads = vec![docs[root as usize]];
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
        let mut place_in_part = vec![0; docs.len()];
        for (place, &part) in part_of.iter().enumerate() {
            place_in_part[place] = parts[part].0.len() as u32;
            parts[part].0.push(docs[place]);
        }
        for &Link { a, b, overlap } in &component.links {
            let (a, b) = (a as usize, b as usize);
            if part_of[a] == part_of[b] {
                let link = Link { a: place_in_part[a], b: place_in_part[b], overlap };
                parts[part_of[a]].1.push(link);
            }
        }
        parts
            .into_iter()
            .filter(|(docs, _)| docs.len() > 1)
            .map(|(docs, links)| self.family(&docs, &links))
            .collect()
    }

    /// The members, best first.
    fn rank(&self, docs: &[DocId], links: &[Link<u32>]) -> keep::Ranking {
        let mut held = vec![0.0; docs.len()];
        for link in links {
            held[link.a as usize] += link.overlap.containment_b();
            held[link.b as usize] += link.overlap.containment_a();
        }
        self.removal.keep.rank(self.corpus, docs, &held)
    }

    fn family(&mut self, docs: &[DocId], links: &[Link<u32>]) -> Family {
        let ranking = self.rank(docs, links);
        let kept = docs[ranking.order[0] as usize];
        let members = self.members(docs, links, &ranking.order);
        let removed = members.iter().filter(|member| member.is_removed());
        let min_jaccard = removed.map(|member| member.with_kept.jaccard()).fold(1.0, f64::min);
        let to_kept = docs.iter().filter(|&&doc| doc != kept);
        let drift =
            to_kept.map(|&doc| 1.0 - self.overlaps.get(doc, kept).jaccard()).fold(0.0, f64::max);
        // The order of the corpus is that of time, then of content.
        Family {
            id: self.corpus.group_id("family", docs[0]),
            kept,
            reason: ranking.reason,
            members,
            min_jaccard,
            drift,
        }
    }

    /// Takes the members in order, and keeps each that no kept one is proven to stand for.
    fn members(&mut self, docs: &[DocId], links: &[Link<u32>], order: &[u32]) -> Vec<Member> {
        let mut rank = vec![0; docs.len()];
        for (at, &place) in (0_u32..).zip(order) {
            rank[place as usize] = at;
        }
        // For each member, those it is tied to and its overlap, as `a`, with them.
        let mut tied: Vec<Vec<(u32, Overlap)>> = vec![Vec::new(); docs.len()];
        for link in links {
            tied[link.a as usize].push((link.b, link.overlap));
            tied[link.b as usize].push((link.a, link.overlap.swapped()));
        }
        // By place: the place of the one that is kept for it, once that is known.
        let mut kept_for: Vec<Option<u32>> = vec![None; docs.len()];
        let mut overlaps = vec![None; docs.len()];
        for &place in order {
            let tied = &tied[place as usize];
            let stays = |other: u32| kept_for[other as usize] == Some(other);
            let proven = |overlap: Overlap| self.removal.is_proven(overlap, self.config);
            let is_proven = |&&(other, overlap): &&(u32, Overlap)| stays(other) && proven(overlap);
            let mut among: Vec<(u32, Overlap)> = tied.iter().filter(is_proven).copied().collect();
            among.sort_unstable_by(|x, y| {
                let lost = x.1.lost().total_cmp(&y.1.lost());
                lost.then(rank[x.0 as usize].cmp(&rank[y.0 as usize]))
            });
            let most = self.removal.max_loss;
            let holds_whole = |overlaps: &Overlaps<'_>, kept: u32| {
                overlaps.holds_whole(docs[place as usize], docs[kept as usize], most)
            };
            let held = |&(kept, _): &(u32, Overlap)| holds_whole(&self.overlaps, kept);
            let mut best = among.into_iter().find(held);
            if best.is_none() {
                let mut near: Vec<u32> =
                    tied.iter().filter_map(|&(other, _)| kept_for[other as usize]).collect();
                near.sort_unstable_by_key(|&kept| rank[kept as usize]);
                near.dedup();
                near.retain(|&kept| tied.iter().all(|&(other, _)| other != kept));
                near.truncate(MOST_TRIED);
                for kept in near {
                    let pair = self.overlaps.pair(docs[place as usize], docs[kept as usize]);
                    let overlap = if pair.a == docs[place as usize] {
                        pair.overlap
                    } else {
                        pair.overlap.swapped()
                    };
                    let admitted =
                        self.config.scope.admits(self.corpus.get(pair.a), self.corpus.get(pair.b));
                    let ties = self.removal.ties(&pair, self.config) && proven(overlap);
                    if admitted && ties && holds_whole(&self.overlaps, kept) {
                        self.compared.push(pair);
                        best = Some((kept, overlap));
                        break;
                    }
                }
            }
            kept_for[place as usize] = Some(best.map_or(place, |(kept, _)| kept));
            overlaps[place as usize] = best.map(|(_, overlap)| overlap);
        }
        // A family has a tie at each member, which answers for its size.
        let itself = |place: usize| {
            let size = tied[place].first().map_or(0, |(_, overlap)| overlap.a);
            Overlap { a: size, b: size, shared: size }
        };
        (0..docs.len())
            .map(|place| Member {
                doc: docs[place],
                kept: docs[kept_for[place].unwrap_or(place as u32) as usize],
                with_kept: overlaps[place].unwrap_or_else(|| itself(place)),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Article, ByteSpan, Published};
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
        let mut pairs = verify(&corpus, &found, &config, &Silent).unwrap();
        let removal = Removal { keep: keep.clone(), ..Removal::default() };
        let families = families(&corpus, &mut pairs, &removal, &config, &Silent).unwrap();
        for member in families.all().iter().flat_map(Family::removed) {
            assert!(member.with_kept.jaccard() >= config.threshold, "{member:?}");
            assert!(member.with_kept.lost() <= MAX_LOSS, "{member:?}");
            assert!(families.member(member.kept).is_some_and(|kept| !kept.is_removed()));
        }
        (corpus, families)
    }

    fn ids(corpus: &Corpus, family: &Family) -> Vec<String> {
        family.members.iter().map(|member| corpus.get(member.doc).id.to_string()).collect()
    }

    #[test]
    fn what_one_outlet_is_taken_to_print_around_its_versions_is_not_lost() {
        let marked = |outlet: &str| {
            let own = words(0, 100);
            let text = format!("{own}{}", words(500, 560));
            let span = ByteSpan { start: own.len() as u32, end: text.len() as u32 };
            Article {
                outlet: outlet.into(),
                furniture: Some([span].into()),
                ..dated("b", &text, 2)
            }
        };
        let first = Article { outlet: "Post".into(), ..dated("a", &words(0, 100), 1) };
        let removed = |outlet: &str| {
            let (_, families) = families_of(vec![first.clone(), marked(outlet)], &Keep::default());
            families.all()[0].removed().count()
        };
        // Of another outlet it is furniture, and no loss.
        assert_eq!((removed("Post"), removed("Mail")), (0, 1));
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
}
