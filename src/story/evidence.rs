//! What two articles say for and against reporting one event.
use crate::story::knobs::K;
use crate::story::time::time_factor;
use crate::story::vectors::Profile;

/// Factors of a similarity, each between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence {
    /// The cosine of the term vectors.
    pub(super) words: f64,
    pub(super) time: f64,
    /// Names against ordinary words.
    pub(super) names: f64,
    /// Numbers against ordinary words, of texts that are mostly figures.
    pub(super) numbers: f64,
}

impl Evidence {
    /// Given what the two share of each class of terms.
    pub(super) fn of(dots: [f64; 4], a: &Profile, b: &Profile, days: Option<f64>) -> Self {
        let [ordinary, names, numbers, bigrams] = dots;
        let cosine = |dot: f64, class: usize| {
            let lengths = f64::from(a.lengths[class]) * f64::from(b.lengths[class]);
            (lengths > 1e-4).then(|| (dot / lengths).min(1.0))
        };
        let alike = cosine(ordinary, 0).unwrap_or(0.0);
        let names_factor = match cosine(names, 1) {
            Some(n) if f64::from(a.lengths[1].min(b.lengths[1])) > K.NMIN => {
                libm::pow(((n + K.NEPS) / (alike + K.NEPS)).clamp(K.NLO, 1.0), K.NA)
            }
            _ => 1.0,
        };
        let figures = |p: &Profile| {
            f64::from(p.numbers) >= K.UMIN && f64::from(p.numbers) >= K.USHARE * f64::from(p.singles)
        };
        let numbers_factor = match cosine(numbers, 2) {
            Some(u) if figures(a) && figures(b) => ((u + K.UEPS) / (alike + K.UEPS)).clamp(K.ULO, 1.0),
            _ => 1.0,
        };
        Self {
            words: (ordinary + names + numbers + bigrams).min(1.0),
            time: time_factor(days),
            names: names_factor,
            numbers: numbers_factor,
        }
    }

    pub(super) fn similarity(&self) -> f64 {
        self.words * self.time * self.names * self.numbers
    }
}
