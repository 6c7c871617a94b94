//! Whether a command has become slower or faster since a measurement was kept, and how sure that is.
//!
//! Processor time is compared, that of all threads together: how long a command waits for its
//! neighbours on the machine says nothing about it. A change that only lets threads wait for each other
//! is therefore not seen here; the wall-clock times of both are in their files.
//!
//! Where both programs were measured by turns, each turn has a quotient, of which the logarithm is taken. The change is
//! the median of the means of every two turns (Hodges and Lehmann 1963). Its interval is the one in which Wilcoxon's test
//! of signed ranks sees no change at 99 %.
//!
//! Where only the rounds of then are left, each new round is held against each old one. The change is the median of these
//! quotients, and its interval is that of Mann and Whitney's test. Neither test asks how the times are spread, and a few
//! disturbed rounds move neither. A change is called one where the interval leaves out "none", and where the change is at
//! least [`LEAST_CHANGE`], or [`LEAST_CHANGE_LATER`].

use std::fmt;

use serde::Serialize;

use super::Timed;
use super::measured::{Case, Found, Measured};

/// Less than this is no change, where turns tell the programs apart: slower by 3 %, or faster by as much in the other
/// direction.
const LEAST_CHANGE: f64 = 0.03;
/// Less than this is no change, where the rounds are of different hours: a virtual machine of two cores took up to 47 %
/// more time for one binary than minutes later.
const LEAST_CHANGE_LATER: f64 = 0.5;
/// Noise of so much on either side leaves a change of 5 % beyond [`LEAST_CHANGE`] in 97 of 100 comparisons, and none
/// below it in 99.
const CLEAR: f64 = 0.025;
/// Standard deviations on either side of an interval of 99 %.
const DEVIATIONS: f64 = 2.576;
/// Fewer rounds a side have no interval of 99 %, …
const LEAST_ROUNDS: usize = 6;
/// … and fewer turns have none.
const LEAST_TURNS: usize = 8;

/// What is said of every case that was measured then and now.
#[derive(Debug, Serialize)]
pub(super) struct Comparison {
    /// The version that was measured then.
    old_version: String,
    /// Whether both were measured on machines that tell the same of themselves.
    same_machine: bool,
    /// Whether both programs were run by turns, so that the machine was the same to both.
    by_turns: bool,
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
    /// What is less is no change.
    least_change: f64,
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

    /// From costs of turns, in each of which both were measured.
    fn by_turns(old: &[f64], new: &[f64]) -> Option<Self> {
        let turns: Vec<f64> = old.iter().zip(new).map(|(old, new)| (new / old).ln()).collect();
        if turns.len() < LEAST_TURNS {
            return None;
        }
        let with_others = |(place, turn): (usize, &f64)| {
            turns[place..].iter().map(|other| turn.midpoint(*other)).collect::<Vec<f64>>()
        };
        let mut means: Vec<f64> = turns.iter().enumerate().flat_map(with_others).collect();
        means.sort_by(f64::total_cmp);
        let n = turns.len() as f64;
        let outside =
            n * (n + 1.0) / 4.0 - DEVIATIONS * (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
        let outside = (outside.max(1.0) as usize) - 1;
        Some(Self {
            change: super::measured::median(&means).exp_m1(),
            least: means[outside].exp_m1(),
            most: means[means.len() - 1 - outside].exp_m1(),
        })
    }

    fn verdict(self, least_change: f64) -> Verdict {
        if self.least > 0.0 && self.change >= least_change {
            Verdict::Slower
        } else if self.most < 0.0 && (1.0 + self.change) * (1.0 + least_change) <= 1.0 {
            Verdict::Faster
        } else {
            Verdict::NoChange
        }
    }
}

/// Whether so many rounds of a command can be held against what was measured then, or will be by turns.
///
/// # Errors
/// In words, where not.
pub(super) fn check(
    old: &Measured,
    command: Timed,
    rounds: usize,
    by_turns: bool,
) -> Result<(), String> {
    if old.command != command {
        return Err("it is of another command: say --command as then".to_owned());
    }
    let fewest = old.cases.iter().map(|case| case.total.seconds.len()).min().unwrap_or(0);
    let (rounds, least) = match by_turns {
        true => (rounds, LEAST_TURNS),
        false => (rounds.min(fewest), LEAST_ROUNDS),
    };
    match rounds < least {
        true => Err(format!("fewer than {least} rounds on one side tell no change from noise")),
        false => Ok(()),
    }
}

/// The cases that were measured then and now.
///
/// # Errors
/// In words, where there is none.
pub(super) fn alike<'m>(
    old: &'m Measured,
    new: &'m Measured,
) -> Result<Vec<(&'m Case, &'m Case)>, String> {
    let what = |case: &Case| (case.articles, case.bytes, case.threads);
    let then = |now| old.cases.iter().find(|then| what(then) == what(now));
    let cases: Vec<_> = new.cases.iter().filter_map(|now| Some((then(now)?, now))).collect();
    match cases.is_empty() {
        true => Err("it has no measurement of the same articles with as many threads".to_owned()),
        false => Ok(cases),
    }
}

/// Whether the turns so far tell a change of 5 % from none, in every case.
///
/// # Errors
/// In words, where the two cannot be held against each other.
pub(super) fn is_clear(old: &Measured, new: &Measured) -> Result<bool, String> {
    for (then, now) in alike(old, new)? {
        let [old, new] = processor(then, now)?;
        let change = Change::by_turns(old, new);
        if change.is_none_or(|change| change.most - change.least > 2.0 * CLEAR) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What the rounds of both took of the processor.
fn processor<'c>(then: &'c Case, now: &'c Case) -> Result<[&'c [f64]; 2], String> {
    match (&then.processor, &now.processor) {
        (Some(old), Some(new)) => Ok([&old.seconds, &new.seconds]),
        _ => Err("on one side the system told no processor time".to_owned()),
    }
}

/// Holds what was measured now against what was measured then, or by turns with it.
///
/// # Errors
/// In words, where there is nothing that can be compared.
pub(super) fn compare(
    old: &Measured,
    new: &Measured,
    by_turns: bool,
) -> Result<Comparison, String> {
    let cases = alike(old, new)?.into_iter();
    let cases = cases.map(|(then, now)| compare_case(then, now, by_turns));
    Ok(Comparison {
        old_version: old.version.clone(),
        same_machine: old.machine.is_like(&new.machine),
        by_turns,
        cases: cases.collect::<Result<_, _>>()?,
    })
}

fn compare_case(then: &Case, now: &Case, by_turns: bool) -> Result<Compared, String> {
    let [old, new] = processor(then, now)?;
    let (change, least_change) = match by_turns {
        true => (Change::by_turns(old, new), LEAST_CHANGE),
        false => (Change::between(old, new), LEAST_CHANGE_LATER),
    };
    let change = change.ok_or("there are too few rounds on one side")?;
    let seconds = |case: &Case| case.processor.as_ref().map_or(0.0, |row| row.median_seconds);
    Ok(Compared {
        articles: now.articles,
        threads: now.threads,
        verdict: change.verdict(least_change),
        least_change,
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
        let by_turns = if self.by_turns { ", by turns" } else { "" };
        writeln!(f, "\nagainst newsfold {}, in processor time{by_turns}:", self.old_version)?;
        if !self.by_turns {
            writeln!(
                f,
                "the program of then is not kept here, so that this may be the machine's change"
            )?;
        }
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
            "{} articles, {}: {verdict} ({:+.1} % to {:+.1} % by the noise; less than {:.1} % is \
             no change); {:.3} s, then {:.3} s",
            self.articles,
            super::measured::threads(self.threads),
            100.0 * self.least,
            100.0 * self.most,
            100.0 * self.least_change,
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

        /// Normal, of a mean of 0 and a deviation of 1.
        fn normal(&mut self) -> f64 {
            (0..12).map(|_| self.next()).sum::<f64>() - 6.0
        }

        /// Turns until they are clear, as they were seen on a busy machine. It drifts by 2 % from one to the next. A
        /// round differs from another by 7 %, and one of ten is disturbed.
        fn turns(&mut self, slower: f64) -> [Measured; 2] {
            let (mut old, mut new, mut drift) = (Vec::new(), Vec::new(), 1.0);
            loop {
                drift *= 1.0 + 0.02 * self.normal();
                for (rounds, seconds) in [(&mut old, 4.0), (&mut new, 4.0 * slower)] {
                    let disturbed = if self.next() < 0.1 { 1.2 } else { 1.0 };
                    rounds.push(seconds * drift * (1.0 + 0.07 * self.normal()) * disturbed);
                }
                if old.len() % 20 != 0 {
                    continue;
                }
                let both = [measured(100, &old), measured(100, &new)];
                if old.len() == 200 || is_clear(&both[0], &both[1]).unwrap() {
                    return both;
                }
            }
        }
    }

    const COMPARISONS: usize = 200;

    fn verdicts(slower: f64) -> Vec<Verdict> {
        let mut dice = Dice(7);
        let mut verdict = || {
            let [old, new] = dice.turns(slower);
            compare(&old, &new, true).unwrap().cases[0].verdict
        };
        (0..COMPARISONS).map(|_| verdict()).collect()
    }

    fn share(verdicts: &[Verdict], wanted: Verdict) -> f64 {
        verdicts.iter().filter(|verdict| **verdict == wanted).count() as f64 / COMPARISONS as f64
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
        assert_eq!(noisy.verdict(0.0), Verdict::NoChange);
        assert_eq!(Change::between(&[1.0; 5], &[1.0; 9]), None);
    }

    #[test]
    fn a_machine_that_drifts_is_the_same_to_both_of_a_turn() {
        let old: Vec<f64> = (0..20).map(|turn| 1.0 + f64::from(turn)).collect();
        let new: Vec<f64> = old.iter().map(|seconds| 1.05 * seconds).collect();
        let change = Change::by_turns(&old, &new).unwrap();
        assert!([change.change, change.least, change.most].iter().all(|c| (c - 0.05).abs() < 1e-9));
        assert_eq!(change.verdict(LEAST_CHANGE), Verdict::Slower);
        let later = Change::between(&old, &new).unwrap();
        assert_eq!(later.verdict(LEAST_CHANGE), Verdict::NoChange);
        assert_eq!(Change::by_turns(&[1.0; 7], &[1.0; 7]), None);
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
            program: None,
        }
    }

    #[test]
    fn what_cannot_be_compared_is_told() {
        let old = measured(100, &[1.0; 8]);
        let reason = |old: &Measured, new: &Measured| compare(old, new, false).unwrap_err();
        assert!(reason(&old, &measured(200, &[1.0; 8])).contains("no measurement of the same"));
        assert!(reason(&old, &measured(100, &[1.0; 3])).contains("too few rounds"));
        assert!(check(&old, Timed::Run, 5, false).unwrap_err().contains("fewer than 6 rounds"));
        assert!(check(&old, Timed::Dups, 8, true).unwrap_err().contains("another command"));
        assert_eq!(check(&old, Timed::Run, 6, false), Ok(()));
        assert!(check(&old, Timed::Run, 7, true).unwrap_err().contains("fewer than 8 rounds"));
        let once = measured(100, &[1.0]);
        assert_eq!(check(&once, Timed::Run, 8, true), Ok(()));
        let mut mute = old.clone();
        mute.cases[0].processor = None;
        assert!(reason(&old, &mute).contains("no processor time"));
    }

    #[test]
    fn a_comparison_says_what_has_changed() {
        let compared = |old: f64, new: f64, by_turns: bool| {
            compare(&measured(100, &[old; 8]), &measured(100, &[new; 8]), by_turns)
                .unwrap()
                .to_string()
        };
        let told = compared(2.0, 1.5, true);
        assert!(told.contains("100 articles, 2 threads: faster by 25.0 %"), "{told}");
        assert!(told.contains("2.000 s, then 1.500 s"), "{told}");
        assert!(told.contains("pairs: recall 0.7000, then 0.6500"), "{told}");
        assert!(told.contains("by turns") && !told.contains("not kept"), "{told}");
        let same = compared(2.0, 2.0, true);
        assert!(same.contains("no change (+0.0 % to +0.0 %"), "{same}");
        assert!(!same.contains("pairs"), "{same}");
        // The same change, where the machine may have done it.
        let later = compared(2.0, 1.5, false);
        assert!(
            later.contains("no change (-25.0 % to -25.0 %") && later.contains("not kept"),
            "{later}"
        );
        assert!(compared(2.0, 3.0, false).contains("slower by 50.0 %"));
        assert!(compared(3.0, 2.0, false).contains("faster by 33.3 %"));
    }
}
