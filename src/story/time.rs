//! How far apart in time two articles are, and what that does to their similarity.

use crate::article::Published;

const SECONDS_A_DAY: i64 = 86_400;

/// How many days lie between two publications: whole days where of one only the day is known.
pub(super) fn days_apart(a: Published, b: Published) -> f64 {
    let (a_seconds, b_seconds) = (a.at.as_second(), b.at.as_second());
    if a.day_only || b.day_only {
        let day = |seconds: i64| seconds.div_euclid(SECONDS_A_DAY);
        day(a_seconds).abs_diff(day(b_seconds)) as f64
    } else {
        a_seconds.abs_diff(b_seconds) as f64 / SECONDS_A_DAY as f64
    }
}

/// What the time between two articles leaves of their similarity.
pub(super) fn time_factor(days: Option<f64>) -> f64 {
    let K = &*crate::story::knobs::K;
    days.map_or(K.UND, |days| {
        let near = days / WIDTH_DAYS;
        (K.FLOOR + (1.0 - K.FLOOR) * libm::exp(-days / K.DEC)) * (1.0 + K.GAIN * libm::exp(-near * near))
    }) / (1.0 + K.GAIN)
}
const WIDTH_DAYS: f64 = 0.8;

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
        assert_eq!(days_apart(night, day), 0.0);
        assert_eq!(days_apart(evening, day), 1.0);
    }

    #[test]
    fn a_date_before_1970_is_a_whole_day_too() {
        let eve = published("1969-12-31T12:00:00Z", false);
        assert_eq!(days_apart(eve, published("1970-01-01T00:00:00Z", true)), 1.0);
    }

    #[test]
    fn the_factor_falls_with_the_days_to_a_fifth() {
        assert_eq!(time_factor(Some(0.0)), 1.0);
        // 0.2 + 0.8·e^(−49/50) = 0.2 + 0.8·0.375311
        assert!((time_factor(Some(7.0)) - 0.500_249).abs() < 1e-6);
        assert!((time_factor(Some(365.0)) - 0.2).abs() < 1e-12);
        assert_eq!(time_factor(None), 0.8);
    }
}
