//! Articles as weighted term vectors of length one, so that a dot product is a cosine.
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
use crate::story::background::Background;
use crate::story::language::LanguageData;
use crate::story::lexicon::{Counting, Lexicon};
use crate::story::terms::{Frequency, Kind, Term, frequencies};

/// Where a frequency's weight levels off.
const SATURATION: f64 = 1.2;
/// Dampens the inverse document frequency.
const RARITY_EXPONENT: f64 = 0.75;
const NUMBER_WEIGHT: f64 = 2.0;
const BIGRAM_WEIGHT: f64 = 0.5;
/// Without a background table the archive is taken for part of one this much larger, in which its
/// terms do not occur; else what the only two articles share would count for nothing.
const UNSEEN_ARTICLES: f64 = 300.0;
/// So many articles are read at a time: enough for every core, and their terms take some hundred
/// megabytes.
const BLOCK: usize = 16 * 1024;

/// A stored term's place among all stored terms, in order of [`Term`].
pub(super) type TermPlace = u32;

/// Sparse vectors over stored terms, one after another.
pub(super) struct SparseVectors {
    starts: Vec<usize>,
    places: Vec<TermPlace>,
    weights: Vec<f32>,
}

impl FromIterator<Vec<(TermPlace, f32)>> for SparseVectors {
    fn from_iter<I: IntoIterator<Item = Vec<(TermPlace, f32)>>>(vectors: I) -> Self {
        let mut all = Self { starts: vec![0], places: Vec::new(), weights: Vec::new() };
        all.extend(vectors);
        all
    }
}

impl Extend<Vec<(TermPlace, f32)>> for SparseVectors {
    fn extend<I: IntoIterator<Item = Vec<(TermPlace, f32)>>>(&mut self, vectors: I) {
        for vector in vectors {
            self.places.extend(vector.iter().map(|&(place, _)| place));
            self.weights.extend(vector.iter().map(|&(_, weight)| weight));
            self.starts.push(self.places.len());
        }
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

/// The vectors of all articles; empty for the copies of another.
pub(super) struct Vectors {
    lexicon: Lexicon,
    vectors: SparseVectors,
    /// How many articles have a vector.
    texts: u32,
}

impl Vectors {
    /// Reads and weighs the articles that stand for themselves or for a family.
    pub(super) fn build(
        corpus: &Corpus,
        families: &Families,
        language: &LanguageData,
        observer: &dyn Observer,
    ) -> Result<Self> {
        let docs: Vec<DocId> = corpus.docs().collect();
        let stands = |doc: DocId| families.representative(doc) == doc;
        let read = |doc: DocId| match stands(doc) {
            true => frequencies(corpus.get(doc), &language.stop_words),
            false => Vec::new(),
        };
        let mut counting = Counting::new();
        for block in docs.chunks(BLOCK) {
            let block: Vec<Vec<Frequency>> = block
                .par_iter()
                .map(|&doc| {
                    observer.check()?;
                    observer.advance(1);
                    Ok(read(doc))
                })
                .collect::<Result<_>>()?;
            counting.add(&block);
        }
        let lexicon = counting.finish();
        let texts = docs.iter().filter(|&&doc| stands(doc)).count() as u32;
        let mut all = Self { lexicon, vectors: SparseVectors::from_iter([]), texts };
        for block in docs.chunks(BLOCK) {
            let weighed: Vec<Vec<(TermPlace, f32)>> = block
                .par_iter()
                .map(|&doc| {
                    observer.check()?;
                    observer.advance(1);
                    let weights = all.weights(&read(doc), corpus.get(doc), language).into_iter();
                    let stored = weights.filter_map(|(_, place, weight)| Some((place?, weight)));
                    Ok(stored.collect())
                })
                .collect::<Result<_>>()?;
            all.vectors.extend(weighed);
        }
        Ok(all)
    }

    /// How many articles have a vector.
    pub(super) fn texts(&self) -> u32 {
        self.texts
    }

    /// An article's stored terms, ascending, and their weights.
    #[inline]
    pub(super) fn of(&self, doc: DocId) -> (&[TermPlace], &[f32]) {
        self.vectors.of(doc.index())
    }

    /// In how many articles a stored term occurs.
    #[inline]
    pub(super) fn document_frequency(&self, place: TermPlace) -> u32 {
        self.lexicon.document_frequency(place)
    }

    /// How many terms are stored.
    pub(super) fn terms(&self) -> usize {
        self.lexicon.len()
    }

    /// The term at a place.
    pub(super) fn term(&self, place: TermPlace) -> Term {
        self.lexicon.term(place)
    }

    /// The terms that two articles share, in order of terms, with the weight in each.
    pub(super) fn shared(
        &self,
        a: DocId,
        b: DocId,
    ) -> impl Iterator<Item = (TermPlace, f32, f32)> + '_ {
        self.vectors.shared(a.index(), b.index())
    }

    /// The cosine of two articles that share no family.
    pub(super) fn cosine(&self, a: DocId, b: DocId) -> f64 {
        self.vectors.dot(a.index(), b.index())
    }

    /// All of an article's terms with their weights, those that no other article has among them.
    pub(super) fn weigh(&self, article: &Article, language: &LanguageData) -> Vec<(Term, f32)> {
        let terms = frequencies(article, &language.stop_words);
        let weights = self.weights(&terms, article, language);
        weights.into_iter().map(|(term, _, weight)| (term, weight)).collect()
    }

    /// The weights of an article with these terms, as a vector of length one.
    fn weights(
        &self,
        terms: &[Frequency],
        article: &Article,
        language: &LanguageData,
    ) -> Vec<(Term, Option<TermPlace>, f32)> {
        let background = language.background_of(&article.lang);
        let weigh = |&Frequency { term, count }: &Frequency| {
            let place = self.lexicon.place(term);
            let here = place.map_or(1, |place| self.document_frequency(place));
            (term, place, self.weight(term, count, here, background))
        };
        let weights: Vec<(Term, Option<TermPlace>, f64)> = terms.iter().map(weigh).collect();
        let length = weights.iter().map(|(_, _, weight)| weight * weight).sum::<f64>().sqrt();
        let of_length_one = |(term, place, weight)| (term, place, (weight / length) as f32);
        weights.into_iter().map(of_length_one).collect()
    }

    fn weight(&self, term: Term, count: f32, here: u32, background: Option<&Background>) -> f64 {
        let (mut articles, mut with_term) = (f64::from(self.texts), f64::from(here));
        let kind_weight = match term.kind() {
            Kind::Word => 1.0,
            Kind::Number => NUMBER_WEIGHT,
            Kind::Bigram => BIGRAM_WEIGHT,
        };
        match background {
            Some(background) if term.kind() != Kind::Bigram => {
                articles += f64::from(background.articles());
                with_term += f64::from(background.frequency(term));
            }
            Some(_) => {}
            None => articles += UNSEEN_ARTICLES,
        }
        let rarity = inverse_document_frequency(articles, with_term);
        saturated(f64::from(count)) * libm::pow(rarity, RARITY_EXPONENT) * kind_weight
    }
}

/// A frequency that counts ever less: 1 at 1, 2.2 at infinity.
fn saturated(count: f64) -> f64 {
    count * (SATURATION + 1.0) / (count + SATURATION)
}

/// How telling a term is that `with_term` of `articles` articles have.
fn inverse_document_frequency(articles: f64, with_term: f64) -> f64 {
    libm::log((articles + 1.0) / (with_term + 0.5))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::observer::Silent;
    use crate::testing::article;

    /// Vectors of texts in a language without lists, so that every word counts.
    pub(in crate::story) fn vectors(texts: &[&str]) -> Vectors {
        let in_swahili = |(place, text): (usize, &&str)| Article {
            lang: "sw".into(),
            ..article(&format!("{place:03}"), text)
        };
        let corpus = crate::testing::by_id(texts.iter().enumerate().map(in_swahili).collect());
        let families = Families::new(Vec::new(), corpus.len());
        Vectors::build(&corpus, &families, &LanguageData::load(), &Silent).unwrap()
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
    fn a_term_is_the_more_telling_the_fewer_have_it() {
        // ln(100 / 2.5) and ln(100 / 99.5)
        assert!((inverse_document_frequency(99.0, 2.0) - 3.688_879).abs() < 1e-6);
        assert!((inverse_document_frequency(99.0, 99.0) - 0.005_013).abs() < 1e-6);
    }

    #[test]
    fn weights_are_those_worked_by_hand() {
        let vectors = vectors(&["meli", "meli bandari"]);
        // Of 302 articles two have `meli`: ln(303/2.5) = 4.797442; one has the others: ln(303/1.5).
        let common = 4.797_442_f64.powf(0.75);
        let rare = (303.0_f64 / 1.5).ln().powf(0.75);
        let length = (common * common + rare * rare * (1.0 + 0.25)).sqrt();
        let (places, weights) = vectors.of(DocId(1));
        assert_eq!(places.len(), 1, "only what a second article has is stored");
        assert!((f64::from(weights[0]) - common / length).abs() < 1e-6);
        assert_eq!(vectors.of(DocId(0)).1, [1.0]);
        assert!((vectors.cosine(DocId(0), DocId(1)) - common / length).abs() < 1e-6);
    }

    #[test]
    fn a_number_weighs_double_and_a_pair_half() {
        let vectors = vectors(&["meli", "40 meli bandari"]);
        let article = Article { lang: "sw".into(), ..article("b", "40 pwani kisiwa") };
        let weights = vectors.weigh(&article, &LanguageData::load());
        let of = |kind| weights.iter().find(|(term, _)| term.kind() == kind).map(|(_, w)| *w);
        let word = of(Kind::Word).unwrap();
        assert!((of(Kind::Number).unwrap() / word - 2.0).abs() < 1e-6);
        assert!((of(Kind::Bigram).unwrap() / word - 0.5).abs() < 1e-6);
    }

    #[test]
    fn every_stored_term_is_found_where_it_is() {
        let words: Vec<String> = (0..500).map(|n| format!("neno{n}")).collect();
        let text = words.join(" ");
        let vectors = vectors(&[&text, &text]);
        // 500 words and the 499 pairs between them.
        assert_eq!(vectors.terms(), 999);
        for place in 0..999 {
            assert_eq!(vectors.lexicon.place(vectors.term(place)), Some(place));
        }
        assert_eq!(vectors.lexicon.place(Term::single("bahari")), None);
        assert!((vectors.cosine(DocId(0), DocId(1)) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn no_text_at_all_is_no_vector() {
        let vectors = vectors(&["", "meli"]);
        assert_eq!(vectors.of(DocId(0)).0, [0_u32; 0]);
        assert_eq!(vectors.cosine(DocId(0), DocId(1)), 0.0);
    }
}
