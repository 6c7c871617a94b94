//! Whether a command has become slower or faster since a measurement was kept, and how sure that is.
//!
//! Processor time is compared, that of all threads together: how long a command waits for its
//! neighbours on the machine says nothing about it. A change that only lets threads wait for each other
//! is therefore not seen here; the wall-clock times of both are in their files.
//!
//! The change is the median of all quotients of a new round and an old one (Hodges and Lehmann 1963),
//! and its interval is the one in which Mann and Whitney's test sees no change at 99 %. Neither asks how
//! the times are spread, and a few disturbed rounds move neither. A change is called one where that
//! interval leaves out "none", and where it is at least [`LEAST_CHANGE`].

use std::fmt;

use serde::Serialize;

use super::Timed;
use super::measured::{Case, Found, Measured};

/// Less than this is no change. Neighbours who share caches and memory come and go: on a busy machine of
/// two cores, the medians of fifteen rounds of one binary and of fifteen later ones differed by up to 1.7 %.
const LEAST_CHANGE: f64 = 0.03;
/// Standard deviations on either side of an interval of 99 %.
const DEVIATIONS: f64 = 2.576;
/// Fewer rounds a side have no interval of 99 %.
const LEAST_ROUNDS: usize = 6;

/// What is said of every case that was measured then and now.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    /// The version that was measured then.
    old_version: String,
    /// Whether both were measured on machines that tell the same of themselves.
    same_machine: bool,
    cases: Vec<Compared>,
}

/// What is said of one case.
#[derive(Debug, Serialize)]
struct Compared {
    articles: usize,
    threads: usize,
    verdict: Verdict,
    /// By how much it takes longer: 0.05 for 5 %.
    change: f64,
    /// What the change may be, by the noise between rounds.
    least: f64,
    most: f64,
    old_seconds: f64,
    new_seconds: f64,
    old_peak_memory_bytes: Option<u64>,
    new_peak_memory_bytes: Option<u64>,
    old_found: Vec<Found>,
    new_found: Vec<Found>,
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    NoChange,
    Slower,
    Faster,
}

/// A change with what it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Change {
    /// New by old, less one.
    change: f64,
    least: f64,
    most: f64,
}

impl Change {
    /// From costs of rounds then and now, each above 0. `None` where there are too few rounds.
    fn between(old: &[f64], new: &[f64]) -> Option<Self> {
        if old.len().min(new.len()) < LEAST_ROUNDS {
            return None;
        }
        let quotient = |old: f64| new.iter().map(move |new| new / old);
        let mut quotients: Vec<f64> = old.iter().flat_map(|&old| quotient(old)).collect();
        quotients.sort_by(f64::total_cmp);
        let (m, n) = (old.len() as f64, new.len() as f64);
        let outside = m * n / 2.0 - DEVIATIONS * (m * n * (m + n + 1.0) / 12.0).sqrt();
        // With the least number of rounds that is the first and the last quotient.
        let outside = (outside.max(1.0) as usize) - 1;
        Some(Self {
            change: super::measured::median(&quotients) - 1.0,
            least: quotients[outside] - 1.0,
            most: quotients[quotients.len() - 1 - outside] - 1.0,
        })
    }

    fn verdict(self) -> Verdict {
        if self.least > 0.0 && self.change >= LEAST_CHANGE {
            Verdict::Slower
        } else if self.most < 0.0 && self.change <= -LEAST_CHANGE {
            Verdict::Faster
        } else {
            Verdict::NoChange
        }
    }
}

/// Whether so many rounds of a command can be held against what was measured then.
///
/// # Errors
/// In words, where not.
pub(super) fn check(old: &Measured, command: Timed, rounds: usize) -> Result<(), String> {
    if old.command != command {
        return Err("it is of another command: say --command as then".to_owned());
    }
    let fewest = old.cases.iter().map(|case| case.total.seconds.len()).min().unwrap_or(0);
    if rounds.min(fewest) < LEAST_ROUNDS {
        return Err(format!(
            "fewer than {LEAST_ROUNDS} rounds on one side tell no change from noise"
        ));
    }
    Ok(())
}

/// Holds what was measured now against what was measured then.
///
/// # Errors
/// In words, where there is nothing that can be compared.
pub(super) fn compare(old: &Measured, new: &Measured) -> Result<Comparison, String> {
    let mut cases = Vec::new();
    for now in &new.cases {
        let is_it = |then: &&Case| {
            (then.articles, then.bytes, then.threads) == (now.articles, now.bytes, now.threads)
        };
        if let Some(then) = old.cases.iter().find(is_it) {
            cases.push(compare_case(then, now)?);
        }
    }
    if cases.is_empty() {
        return Err("it has no measurement of the same articles with as many threads".to_owned());
    }
    Ok(Comparison {
        old_version: old.version.clone(),
        same_machine: old.machine.is_like(&new.machine),
        cases,
    })
}

fn compare_case(then: &Case, now: &Case) -> Result<Compared, String> {
    let told = |case: &Case| case.processor.as_ref().map(|row| row.seconds.clone());
    let (Some(old), Some(new)) = (told(then), told(now)) else {
        return Err("on one side the system told no processor time".to_owned());
    };
    let change = Change::between(&old, &new);
    let change = change.ok_or("there are too few rounds on one side")?;
    let seconds = |case: &Case| case.processor.as_ref().map_or(0.0, |row| row.median_seconds);
    Ok(Compared {
        articles: now.articles,
        threads: now.threads,
        verdict: change.verdict(),
        change: change.change,
        least: change.least,
        most: change.most,
        old_seconds: seconds(then),
        new_seconds: seconds(now),
        old_peak_memory_bytes: then.peak_memory_bytes,
        new_peak_memory_bytes: now.peak_memory_bytes,
        old_found: then.found.clone(),
        new_found: now.found.clone(),
    })
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nagainst newsfold {}, in processor time:", self.old_version)?;
        if !self.same_machine {
            writeln!(f, "measured on another machine, so that times say little")?;
        }
        self.cases.iter().try_for_each(|case| write!(f, "{case}"))
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = 100.0 * self.change.abs();
        let verdict = match self.verdict {
            Verdict::NoChange => "no change".to_owned(),
            Verdict::Slower => format!("slower by {percent:.1} %"),
            Verdict::Faster => format!("faster by {percent:.1} %"),
        };
        writeln!(
            f,
            "{} articles, {} threads: {verdict} ({:+.1} % to {:+.1} % by the noise; less than {:.1} % is \
             no change); {:.3} s, then {:.3} s",
            self.articles,
            self.threads,
            100.0 * self.least,
            100.0 * self.most,
            100.0 * LEAST_CHANGE,
            self.old_seconds,
            self.new_seconds
        )?;
        if let (Some(old), Some(new)) = (self.old_peak_memory_bytes, self.new_peak_memory_bytes) {
            let [old, new] = [old, new].map(|bytes| bytes as f64 / 1e6);
            writeln!(f, "  peak memory {old:.1} MB, then {new:.1} MB")?;
        }
        for found in &self.new_found {
            let was = self.old_found.iter().find(|was| was.what == found.what && *was != found);
            if let Some(was) = was {
                writeln!(
                    f,
                    "  {}: recall {:.4}, then {:.4}; precision {:.4}, then {:.4}",
                    found.what, was.recall, found.recall, was.precision, found.precision
                )?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::machine::Machine;
    use super::super::measured::{FORM, Row};
    use super::*;

    /// Numbers that look random, between 0 and 1.
    struct Dice(u64);

    impl Dice {
        fn next(&mut self) -> f64 {
            // SplitMix64.
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64
        }

        /// Rounds as they were seen on a busy machine: a process differs from another by half a per cent,
        /// a round from another by 2 %, and one of ten is disturbed.
        fn rounds(&mut self, seconds: f64) -> Vec<f64> {
            let mut normal = || (0..12).map(|_| self.next()).sum::<f64>() - 6.0;
            let process = 1.0 + 0.005 * normal();
            let spread: Vec<f64> = (0..20).map(|_| 1.0 + 0.02 * normal()).collect();
            let disturbed = |dice: &mut Self| if dice.next() < 0.1 { 1.06 } else { 1.0 };
            spread.iter().map(|spread| seconds * process * spread * disturbed(self)).collect()
        }
    }

    fn verdicts(slower: f64) -> Vec<Verdict> {
        let mut dice = Dice(7);
        let mut verdict = || {
            let (old, new) = (dice.rounds(4.0), dice.rounds(4.0 * slower));
            Change::between(&old, &new).unwrap().verdict()
        };
        (0..1000).map(|_| verdict()).collect()
    }

    fn share(verdicts: &[Verdict], wanted: Verdict) -> f64 {
        verdicts.iter().filter(|verdict| **verdict == wanted).count() as f64 / 1000.0
    }

    #[test]
    fn one_binary_has_not_changed_and_one_slowed_by_five_per_cent_has() {
        let (same, slower, faster) = (verdicts(1.0), verdicts(1.05), verdicts(1.0 / 1.05));
        // 20 of 20, and 18 of 20.
        assert!(share(&same, Verdict::NoChange) >= 0.99, "{}", share(&same, Verdict::NoChange));
        assert!(share(&slower, Verdict::Slower) >= 0.94, "{}", share(&slower, Verdict::Slower));
        assert!(share(&faster, Verdict::Faster) >= 0.94, "{}", share(&faster, Verdict::Faster));
    }

    #[test]
    fn the_change_is_the_median_of_the_quotients_and_noise_widens_what_it_may_be() {
        let change = Change::between(&[2.0; 6], &[3.0; 6]).unwrap();
        assert_eq!(change, Change { change: 0.5, least: 0.5, most: 0.5 });
        let noisy = Change::between(&[1.0, 1.1, 1.2, 1.3, 1.4, 1.5], &[1.05; 6]).unwrap();
        assert!(noisy.least < noisy.change && noisy.change < noisy.most);
        assert_eq!(noisy.verdict(), Verdict::NoChange);
        assert_eq!(Change::between(&[1.0; 5], &[1.0; 9]), None);
    }

    fn measured(articles: usize, seconds: &[f64]) -> Measured {
        let row = |stage| Row::new(stage, seconds.to_vec());
        let found = Found { what: "pairs".into(), recall: 0.5 + seconds[0] / 10.0, precision: 1.0 };
        let case = Case {
            articles,
            threads: 2,
            bytes: 9,
            stages: vec![row("ingest")],
            total: row("total"),
            processor: Some(row("processor")),
            peak_memory_bytes: Some(3_000_000),
            found: vec![found],
        };
        Measured {
            newsfold_bench: FORM,
            version: "0.1.0".into(),
            command: Timed::Run,
            machine: Machine::this(),
            cases: vec![case],
        }
    }

    #[test]
    fn what_cannot_be_compared_is_told() {
        let old = measured(100, &[1.0; 8]);
        let reason = |old: &Measured, new: &Measured| compare(old, new).unwrap_err();
        assert!(reason(&old, &measured(200, &[1.0; 8])).contains("no measurement of the same"));
        assert!(reason(&old, &measured(100, &[1.0; 3])).contains("too few rounds"));
        assert!(check(&old, Timed::Run, 5).unwrap_err().contains("fewer than 6 rounds"));
        assert!(check(&old, Timed::Dups, 8).unwrap_err().contains("another command"));
        assert_eq!(check(&old, Timed::Run, 6), Ok(()));
        let mut mute = old.clone();
        mute.cases[0].processor = None;
        assert!(reason(&old, &mute).contains("no processor time"));
    }

    #[test]
    fn a_comparison_says_what_has_changed() {
        let told = compare(&measured(100, &[2.0; 8]), &measured(100, &[1.5; 8])).unwrap();
        let told = told.to_string();
        assert!(told.contains("100 articles, 2 threads: faster by 25.0 %"), "{told}");
        assert!(told.contains("2.000 s, then 1.500 s"), "{told}");
        assert!(told.contains("pairs: recall 0.7000, then 0.6500"), "{told}");
        let same = compare(&measured(100, &[2.0; 8]), &measured(100, &[2.0; 8])).unwrap();
        assert!(same.to_string().contains("no change (+0.0 % to +0.0 %"), "{same}");
        assert!(!same.to_string().contains("pairs"), "{same}");
    }
}
