//! How far apart in time two articles are, and what that does to their similarity.

use crate::article::Published;

/// What is left far apart, before what one moment adds is taken off.
const FLOOR: f64 = 0.4;
/// After so many days a third of what decays is left.
const DECAY_DAYS: f64 = 10.0;
/// What having appeared at one moment adds: mean B³ F1 over seven labelled sets is 90.9 at 0 and at
/// this, and 90.4 at 0.2; briefs and small stories want it …
const COINCIDENCE: f64 = 0.1;
/// … of which a third is left after so many days.
const COINCIDENCE_DAYS: f64 = 0.8;
/// The same as [`FLOOR`], where one of two has no date.
const UNDATED: f64 = 0.95;
const SECONDS_A_DAY: i64 = 86_400;

/// Two moments of one day lie so far apart on average, in days: what is said of two articles of one
/// day of which no more is known.
const ONE_DAY: f64 = 1.0 / 3.0;

/// How many days lie between two publications: whole days where of one only the day is known, and a
/// third of a day where that is the same.
pub(super) fn days_apart(a: Published, b: Published) -> f64 {
    let (a_seconds, b_seconds) = (a.at.as_second(), b.at.as_second());
    if a.day_only || b.day_only {
        let day = |seconds: i64| seconds.div_euclid(SECONDS_A_DAY);
        (day(a_seconds).abs_diff(day(b_seconds)) as f64).max(ONE_DAY)
    } else {
        a_seconds.abs_diff(b_seconds) as f64 / SECONDS_A_DAY as f64
    }
}

/// What the time between two articles leaves of their similarity: 1 at one moment, quickly less
/// within a day, then slowly, and never less than a third, since events may be told of for weeks.
pub(super) fn time_factor(days: Option<f64>) -> f64 {
    let Some(days) = days else { return UNDATED / (1.0 + COINCIDENCE) };
    let near = days / COINCIDENCE_DAYS;
    let coincidence = 1.0 + COINCIDENCE * libm::exp(-near * near);
    (FLOOR + (1.0 - FLOOR) * libm::exp(-days / DECAY_DAYS)) * coincidence / (1.0 + COINCIDENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(at: &str, day_only: bool) -> Published {
        Published { at: at.parse().unwrap(), day_only }
    }

    #[test]
    fn moments_differ_by_hours_and_days_by_days() {
        let evening = published("2024-05-01T23:00:00Z", false);
        let night = published("2024-05-02T02:00:00Z", false);
        assert_eq!(days_apart(evening, night), 0.125);
        assert_eq!(days_apart(night, evening), 0.125);
        let day = published("2024-05-02T00:00:00Z", true);
        assert_eq!(days_apart(night, day), ONE_DAY);
        assert_eq!(days_apart(evening, day), 1.0);
    }

    #[test]
    fn a_date_before_1970_is_a_whole_day_too() {
        let eve = published("1969-12-31T12:00:00Z", false);
        assert_eq!(days_apart(eve, published("1970-01-01T00:00:00Z", true)), 1.0);
    }

    #[test]
    fn the_factor_falls_with_the_days_to_a_third_and_never_below() {
        assert!((time_factor(Some(0.0)) - 1.0).abs() < 1e-12);
        // (0.4 + 0.6 · e^−1) / 1.1: ten days on, and nothing of the same day.
        assert!((time_factor(Some(10.0)) - 0.564_298).abs() < 1e-6);
        assert!((time_factor(Some(3_650.0)) - 0.4 / 1.1).abs() < 1e-12);
        let undated = time_factor(None);
        assert!(undated < time_factor(Some(0.5)) && undated > time_factor(Some(5.0)));
    }
}
