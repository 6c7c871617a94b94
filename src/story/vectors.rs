//! Articles as weighted term vectors of length one, so that a dot product is a cosine.
//!
//! Terms are numbered class by class: ordinary words, names, numbers, pairs of words. So the stretch
//! of a vector that holds its names is found by bisection, and one pass over two vectors gives what
//! they share of each class.
//!
//! A term weighs its saturated frequency (Robertson & Walker's BM25 form) times its inverse
//! document frequency, damped, times its kind. Terms that no second article has are counted in the
//! length and not stored: they can add to no dot product. Cost: each text is read twice, to count
//! its terms and to weigh them, since the terms of a large archive would take several times the
//! memory of its vectors; 8 bytes for each term that an article shares with another.

use rayon::prelude::*;

use crate::article::{Article, Corpus, DocId};
use crate::error::Result;
use crate::family::Families;
use crate::observer::Observer;
use crate::spill::{Growing, Spill, Stored};
use crate::statistics::{
    Frequencies, Frequency, Kind, Lexicon, Term, TermPlace as LexiconPlace, frequencies, lexicon,
};
use crate::story::rarities::Rarities;

/// Where a frequency's weight levels off.
const SATURATION: f64 = 1.2;
const NUMBER_WEIGHT: f64 = 2.0;
const BIGRAM_WEIGHT: f64 = 0.5;
/// So many articles are read at a time: enough for every core, and their terms take some ten megabytes.
const BLOCK: usize = 2 * 1024;

/// A stored term's number: by class, then in order of [`Term`].
pub(super) type TermPlace = u32;

/// What a term is to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A word that is no name.
    Ordinary,
    /// A word that is mostly written with a capital.
    Name,
    Number,
    Bigram,
}

impl Class {
    /// How many there are.
    pub(super) const ALL: usize = 4;

    fn of(term: Term, frequencies: &Frequencies) -> Self {
        match term.kind() {
            Kind::Word if frequencies.is_name(term) => Self::Name,
            Kind::Word => Self::Ordinary,
            Kind::Number => Self::Number,
            Kind::Bigram => Self::Bigram,
        }
    }
}

/// The lengths of the classes of a vector whose whole length is one, and how many terms there are,
/// those among them that no other article has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Profile {
    /// By [`Class`].
    pub(super) lengths: [f32; Class::ALL],
    /// Different numbers.
    pub(super) numbers: u16,
    /// Different words and numbers.
    pub(super) singles: u16,
}

/// Sparse vectors over stored terms, one after another.
#[derive(Default)]
pub(super) struct SparseVectors {
    starts: Vec<usize>,
    places: Stored<TermPlace>,
    weights: Stored<f32>,
}

/// Sparse vectors that are still being added to.
pub(super) struct GrowingVectors {
    starts: Vec<usize>,
    places: Growing<TermPlace>,
    weights: Growing<f32>,
}

impl GrowingVectors {
    /// None yet.
    pub(super) fn new(spill: &Spill) -> Self {
        Self { starts: vec![0], places: Growing::new(spill), weights: Growing::new(spill) }
    }

    /// Adds a vector, its terms ascending.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(super) fn push(&mut self, vector: &[(TermPlace, f32)]) -> Result<()> {
        self.places.extend(vector.iter().map(|&(place, _)| place))?;
        self.weights.extend(vector.iter().map(|&(_, weight)| weight))?;
        self.starts.push(self.starts[self.starts.len() - 1] + vector.len());
        Ok(())
    }

    /// All of them.
    ///
    /// # Errors
    /// As [`Spill::keep`].
    pub(super) fn finish(self) -> Result<SparseVectors> {
        let Self { starts, places, weights } = self;
        Ok(SparseVectors { starts, places: places.finish()?, weights: weights.finish()? })
    }
}

impl SparseVectors {
    /// A vector's terms, ascending, and their weights.
    #[inline]
    pub(super) fn of(&self, vector: usize) -> (&[TermPlace], &[f32]) {
        let range = self.starts[vector]..self.starts[vector + 1];
        (&self.places[range.clone()], &self.weights[range])
    }

    /// The terms that two vectors share, ascending, with the weight in each.
    pub(super) fn shared(
        &self,
        a: usize,
        b: usize,
    ) -> impl Iterator<Item = (TermPlace, f32, f32)> + '_ {
        let ((a_places, a_weights), (b_places, b_weights)) = (self.of(a), self.of(b));
        let mut in_b = 0;
        a_places.iter().zip(a_weights).filter_map(move |(&place, &a_weight)| {
            while in_b < b_places.len() && b_places[in_b] < place {
                in_b += 1;
            }
            (b_places.get(in_b) == Some(&place)).then(|| (place, a_weight, b_weights[in_b]))
        })
    }

    /// The dot product of two vectors, summed in order of terms.
    pub(super) fn dot(&self, a: usize, b: usize) -> f64 {
        self.shared(a, b).map(|(_, a, b)| f64::from(a) * f64::from(b)).sum()
    }
}

/// The terms of the vectors: those that two articles or more have, numbered class by class.
pub(super) struct Numbering {
    /// By number, where the term stands in the lexicon.
    places: Vec<LexiconPlace>,
    /// By place in the lexicon.
    pub(super) numbers: Vec<TermPlace>,
    /// Where each class ends.
    ends: [TermPlace; Class::ALL],
}

impl Numbering {
    pub(super) fn of(lexicon: &Lexicon, frequencies: &Frequencies) -> Self {
        let terms = lexicon.len() as u32;
        let classes: Vec<Class> = (0..terms)
            .into_par_iter()
            .map(|place| Class::of(lexicon.term(place), frequencies))
            .collect();
        let mut ends = [0; Class::ALL];
        for &class in &classes {
            ends[class as usize] += 1;
        }
        let mut next = [0; Class::ALL];
        for class in 1..Class::ALL {
            ends[class] += ends[class - 1];
        }
        next[1..].copy_from_slice(&ends[..Class::ALL - 1]);
        let (mut places, mut numbers) = (vec![0; terms as usize], vec![0; terms as usize]);
        for (place, class) in (0..terms).zip(classes) {
            let number = &mut next[class as usize];
            places[*number as usize] = place;
            numbers[place as usize] = *number;
            *number += 1;
        }
        Self { places, numbers, ends }
    }
}

/// The vectors of all articles; empty for the copies of another.
pub(super) struct Vectors<'f> {
    frequencies: &'f Frequencies,
    /// Where the frequencies are not those of the articles at hand.
    own_lexicon: Option<Lexicon>,
    rarities: Rarities,
    numbering: Numbering,
    vectors: SparseVectors,
    profiles: Vec<Profile>,
}

impl<'f> Vectors<'f> {
    /// Reads and weighs the articles that stand for themselves or for a family.
    pub(super) fn build(
        corpus: &Corpus,
        families: &Families,
        frequencies: &'f Frequencies,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let stands = |doc: DocId| families.representative(doc) == doc;
        let own_lexicon = match frequencies.lexicon() {
            Some(_) => None,
            None => Some(lexicon(corpus, stands, &frequencies.stop_words, observer)?),
        };
        Self::over(corpus, families, frequencies, own_lexicon, observer)
    }

    /// The same where the terms that are stored are known: those of `own_lexicon`, else those that were counted.
    pub(super) fn over(
        corpus: &Corpus,
        families: &Families,
        frequencies: &'f Frequencies,
        own_lexicon: Option<Lexicon>,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let stands = |doc: DocId| families.representative(doc) == doc;
        let shared = own_lexicon.as_ref().or(frequencies.lexicon());
        let numbering = shared.map(|lexicon| Numbering::of(lexicon, frequencies));
        let numbering = numbering.unwrap_or(Numbering {
            places: Vec::new(),
            numbers: Vec::new(),
            ends: [0; Class::ALL],
        });
        let rarities = Rarities::of_most(corpus, shared);
        let mut all = Self {
            frequencies,
            own_lexicon,
            rarities,
            numbering,
            vectors: SparseVectors::default(),
            profiles: Vec::with_capacity(corpus.len()),
        };
        let mut vectors = GrowingVectors::new(corpus.spill());
        let docs: Vec<DocId> = corpus.docs().collect();
        for block in docs.chunks(BLOCK) {
            let weighed: Vec<(Vec<(TermPlace, f32)>, Profile)> = block
                .par_iter()
                .map(|&doc| {
                    observer.check()?;
                    observer.advance(1);
                    Ok(match stands(doc) {
                        true => all.vector(corpus.get(doc)),
                        false => Default::default(),
                    })
                })
                .collect::<Result<_>>()?;
            for (vector, profile) in weighed {
                all.profiles.push(profile);
                vectors.push(&vector)?;
            }
        }
        all.vectors = vectors.finish()?;
        Ok(all)
    }

    fn lexicon(&self) -> Option<&Lexicon> {
        self.own_lexicon.as_ref().or(self.frequencies.lexicon())
    }

    /// An article's stored terms, ascending, and their weights.
    #[inline]
    pub(super) fn of(&self, doc: DocId) -> (&[TermPlace], &[f32]) {
        self.vectors.of(doc.index())
    }

    #[inline]
    pub(super) fn profile(&self, doc: DocId) -> &Profile {
        &self.profiles[doc.index()]
    }

    /// Where each class of terms ends.
    #[inline]
    pub(super) fn ends(&self) -> &[TermPlace; Class::ALL] {
        &self.numbering.ends
    }

    /// The class of a stored term.
    pub(super) fn class(&self, place: TermPlace) -> Class {
        let [ordinary, names, numbers, _] = self.numbering.ends;
        match place {
            _ if place < ordinary => Class::Ordinary,
            _ if place < names => Class::Name,
            _ if place < numbers => Class::Number,
            _ => Class::Bigram,
        }
    }

    /// How many terms are stored.
    pub(super) fn terms(&self) -> usize {
        self.numbering.places.len()
    }

    /// The share of all articles that have a stored term.
    pub(super) fn share(&self, place: TermPlace) -> f64 {
        self.frequencies.share(self.term(place))
    }

    /// The term of a number.
    pub(super) fn term(&self, place: TermPlace) -> Term {
        let place = self.numbering.places[place as usize];
        self.lexicon().map_or(Term::NONE, |lexicon| lexicon.term(place))
    }

    /// The terms that two articles share, in order, with the weight in each.
    pub(super) fn shared(
        &self,
        a: DocId,
        b: DocId,
    ) -> impl Iterator<Item = (TermPlace, f32, f32)> + '_ {
        self.vectors.shared(a.index(), b.index())
    }

    /// What two articles share of each class of terms: together the cosine.
    pub(super) fn dots(&self, a: DocId, b: DocId) -> [f64; Class::ALL] {
        let mut dots = [0.0; Class::ALL];
        for (place, a, b) in self.shared(a, b) {
            dots[self.class(place) as usize] += f64::from(a) * f64::from(b);
        }
        dots
    }

    /// All of an article's terms with their weights, those that no other article has among them.
    pub(super) fn weigh(&self, article: &Article) -> Vec<(Term, f32)> {
        self.weighed(article).map(|(term, _, weight)| (term, weight as f32)).collect()
    }

    /// All of an article's terms, where each stands in the lexicon, and its weight in a vector of length one.
    fn weighed(
        &self,
        article: &Article,
    ) -> impl Iterator<Item = (Term, Option<LexiconPlace>, f64)> {
        let terms = frequencies(article, &self.frequencies.stop_words);
        let lexicon = self.lexicon();
        let places: Vec<Option<LexiconPlace>> =
            terms.iter().map(|frequency| lexicon?.place(frequency.term)).collect();
        let weigh = |(frequency, place): (&Frequency, &Option<LexiconPlace>)| {
            let find = || damped(self.frequencies.rarity(frequency.term, &article.lang));
            let known = |place| self.rarities.get(place, &article.lang, find);
            weight(frequency, place.map_or_else(find, known))
        };
        let weights: Vec<f64> = terms.iter().zip(&places).map(weigh).collect();
        let length = length(&weights);
        let weighed = terms.into_iter().zip(places).zip(weights);
        weighed.map(move |((frequency, place), weight)| (frequency.term, place, weight / length))
    }

    /// An article's stored terms with their weights, in a vector of length one.
    fn vector(&self, article: &Article) -> (Vec<(TermPlace, f32)>, Profile) {
        let mut squares = [0.0; Class::ALL];
        let mut profile = Profile::default();
        let weighed = self.weighed(article);
        let mut vector = Vec::with_capacity(weighed.size_hint().0 / 2);
        for (term, place, weight) in weighed {
            let place = place.map(|place| self.numbering.numbers[place as usize]);
            let class = place.map(|place| self.class(place));
            let class = class.unwrap_or_else(|| Class::of(term, self.frequencies));
            squares[class as usize] += weight * weight;
            profile.numbers += u16::from(class == Class::Number);
            profile.singles += u16::from(class != Class::Bigram);
            if let Some(place) = place {
                vector.push((place, weight as f32));
            }
        }
        vector.sort_unstable_by_key(|&(place, _)| place);
        profile.lengths = squares.map(|square: f64| square.sqrt() as f32);
        (vector, profile)
    }
}

/// The inverse document frequency to the power of three quarters. Of square roots, which every machine
/// rounds alike, and in a tenth of the time of a power.
fn damped(rarity: f64) -> f64 {
    rarity.sqrt() * rarity.sqrt().sqrt()
}

/// What a term of this damped rarity weighs in an article.
fn weight(&Frequency { term, count, .. }: &Frequency, damped_rarity: f64) -> f64 {
    let kind_weight = match term.kind() {
        Kind::Word => 1.0,
        Kind::Number => NUMBER_WEIGHT,
        Kind::Bigram => BIGRAM_WEIGHT,
    };
    saturated(f64::from(count)) * damped_rarity * kind_weight
}

fn length(weights: &[f64]) -> f64 {
    weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt()
}

/// A frequency that counts ever less: 1 at 1, 2.2 at infinity.
fn saturated(count: f64) -> f64 {
    count * (SATURATION + 1.0) / (count + SATURATION)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::testing::article;

    /// Vectors of texts in a language without lists, so that every word counts.
    pub(in crate::story) fn with_vectors<T>(texts: &[&str], look: impl Fn(&Vectors<'_>) -> T) -> T {
        let in_swahili = |(place, text): (usize, &&str)| Article {
            lang: "sw".into(),
            ..article(&format!("{place:03}"), text)
        };
        let corpus = crate::testing::by_id(texts.iter().enumerate().map(in_swahili).collect());
        let families = Families::new(Vec::new(), corpus.len());
        let frequencies = Frequencies::count(&corpus, &Silent).unwrap();
        look(&Vectors::build(&corpus, &families, &frequencies, &Silent).unwrap())
    }

    #[test]
    fn a_frequency_counts_ever_less() {
        assert_eq!(saturated(0.0), 0.0);
        assert_eq!(saturated(1.0), 1.0);
        // 4 · 2.2 / 5.2
        assert!((saturated(4.0) - 1.692_307_7).abs() < 1e-6);
        assert!(saturated(1e9) < 2.2);
    }

    #[test]
    fn weights_are_those_worked_by_hand() {
        // Of 302 articles two have `meli`: ln(303/2.5) = 4.797442; one has the others: ln(303/1.5).
        let common = 4.797_442_f64.powf(0.75);
        let rare = (303.0_f64 / 1.5).ln().powf(0.75);
        let length = (common * common + rare * rare * (1.0 + 0.25)).sqrt();
        with_vectors(&["meli", "meli bandari"], |vectors| {
            let (places, weights) = vectors.of(DocId(1));
            assert_eq!(places.len(), 1, "only what a second article has is stored");
            assert!((f64::from(weights[0]) - common / length).abs() < 1e-6);
            assert_eq!(vectors.of(DocId(0)).1, [1.0]);
            let cosine: f64 = vectors.dots(DocId(0), DocId(1)).iter().sum();
            assert!((cosine - common / length).abs() < 1e-6);
        });
    }

    #[test]
    fn a_number_weighs_double_and_a_pair_half() {
        with_vectors(&["meli", "40 meli bandari"], |vectors| {
            let article = Article { lang: "sw".into(), ..article("b", "40 pwani kisiwa") };
            let weights = vectors.weigh(&article);
            let of = |kind| weights.iter().find(|(term, _)| term.kind() == kind).map(|(_, w)| *w);
            let word = of(Kind::Word).unwrap();
            assert!((of(Kind::Number).unwrap() / word - 2.0).abs() < 1e-6);
            assert!((of(Kind::Bigram).unwrap() / word - 0.5).abs() < 1e-6);
        });
    }

    #[test]
    fn terms_are_numbered_class_by_class_and_lengths_are_those_of_all_terms() {
        let text = "the meli Bandari and 40 meli Bandari kubwa and 41";
        with_vectors(&[text, text, "kubwa pwani", "kubwa", "kubwa"], |vectors| {
            let classes: Vec<Class> =
                (0..vectors.terms() as u32).map(|place| vectors.class(place)).collect();
            assert!(classes.is_sorted());
            let named = (0..vectors.terms() as u32)
                .find(|&place| vectors.term(place) == Term::single("bandari"));
            assert_eq!(named.map(|place| vectors.class(place)), Some(Class::Name));
            let profile = vectors.profile(DocId(0));
            let squares: f32 = profile.lengths.iter().map(|length| length * length).sum();
            assert!((squares - 1.0).abs() < 1e-5);
            assert_eq!((profile.numbers, profile.singles), (2, 7));
        });
    }

    #[test]
    fn every_stored_term_is_found_where_it_is() {
        let words: Vec<String> = (0..500).map(|n| format!("neno{n}")).collect();
        let text = words.join(" ");
        with_vectors(&[&text, &text], |vectors| {
            // 500 words and the 499 pairs between them.
            assert_eq!(vectors.terms(), 999);
            let mut terms: Vec<Term> = (0..999).map(|place| vectors.term(place)).collect();
            terms.sort_unstable();
            terms.dedup();
            assert_eq!(terms.len(), 999);
            let cosine: f64 = vectors.dots(DocId(0), DocId(1)).iter().sum();
            assert!((cosine - 1.0).abs() < 1e-5);
        });
    }

    #[test]
    fn no_text_at_all_is_no_vector() {
        with_vectors(&["", "meli"], |vectors| {
            assert_eq!(vectors.of(DocId(0)).0, [0_u32; 0]);
            assert_eq!(vectors.dots(DocId(0), DocId(1)), [0.0; 4]);
        });
    }
}
