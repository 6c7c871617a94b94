//! Settings to values in their range: what several settings say together, and what one says in words.

use crate::candidates::{OutletScope, Scope};
use crate::error::{Cause, Error, Result};
use crate::family::{Keep, Removal};
use crate::ingest::Limits;

/// Shorter records than this are hardly one article with its fields.
const LEAST_RECORD_BYTES: usize = 1 << 10;

/// Which pairs are asked for.
pub(super) fn scope(
    within_hours: Option<u32>,
    same: Option<bool>,
    across: Option<bool>,
) -> Result<Scope> {
    let outlets = match (same.unwrap_or(false), across.unwrap_or(false)) {
        (false, false) => OutletScope::Any,
        (true, false) => OutletScope::Same,
        (false, true) => OutletScope::Across,
        (true, true) => {
            let reason = "no pair is of one outlet and of two; leave out --same-outlet".to_owned();
            return Err(invalid("across-outlets", reason));
        }
    };
    Ok(Scope { within_hours, outlets, against: false })
}

/// What a record and a packed file may cost.
pub(super) fn limits(
    max_record: Option<String>,
    max_depth: Option<usize>,
    max_ratio: Option<u64>,
) -> Result<Limits> {
    let default = Limits::default();
    let record_bytes = match max_record {
        None => default.record_bytes,
        Some(text) => usize::try_from(size("max-record", &text)?.0)
            .ok()
            .filter(|bytes| (LEAST_RECORD_BYTES..=Limits::MOST_RECORD_BYTES).contains(bytes))
            .ok_or_else(|| invalid("max-record", format!("{text} is not between 1K and 1G")))?,
    };
    Ok(Limits {
        record_bytes,
        depth: within("max-depth", max_depth, default.depth, 1..=Limits::MOST_DEPTH)?,
        ratio: within("max-ratio", max_ratio, default.ratio, 1..=u64::MAX)?,
    })
}

/// Which members of families are kept.
pub(super) fn removal(
    keep: Option<String>,
    max_loss: Option<f64>,
    lossless: Option<bool>,
    templates: Option<String>,
) -> Result<Removal> {
    let default = Removal::default();
    let max_loss = match (max_loss, lossless) {
        (Some(share), Some(true)) if share > 0.0 => {
            let reason = format!("{share} is more than --lossless allows");
            return Err(invalid("max-loss", reason));
        }
        (_, Some(true)) => 0.0,
        (share, _) => share_or_none("max-loss", share, default.max_loss)?,
    };
    let templates = match templates.as_deref() {
        None => default.templates,
        Some("keep") => false,
        Some("remove") => true,
        Some(other) => {
            return Err(invalid("templates", format!("{other:?} is none of keep, remove")));
        }
    };
    Ok(Removal {
        keep: keep.map_or(Ok(Keep::default()), |rule| rule.parse())?,
        max_loss,
        templates,
    })
}

/// A number of bytes, read from `512M` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

pub(super) fn size(option: &str, text: &str) -> Result<Size> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().trim_end_matches(['b', 'i']) {
        "" => Some(1),
        "k" => Some(1 << 10),
        "m" => Some(1 << 20),
        "g" => Some(1 << 30),
        "t" => Some(1_u64 << 40),
        _ => None,
    };
    let number: Option<u64> = digits.trim().parse().ok();
    factor.and_then(|factor| number?.checked_mul(factor)).map(Size).ok_or_else(|| {
        invalid(option, format!("{text:?} is no size; write a whole number and K, M, G or T"))
    })
}

pub(super) fn invalid(option: &str, reason: impl Into<Cause>) -> Error {
    Error::config(format!("--{option}"), reason)
}

pub(super) fn within<T: PartialOrd + std::fmt::Display + Copy>(
    option: &str,
    value: Option<T>,
    default: T,
    range: std::ops::RangeInclusive<T>,
) -> Result<T> {
    let value = value.unwrap_or(default);
    if range.contains(&value) {
        return Ok(value);
    }
    let reason = format!("{value} is not between {} and {}", range.start(), range.end());
    Err(invalid(option, reason))
}

/// A share of a whole: over 0, and 1 at the most.
pub(super) fn share(option: &str, value: Option<f64>, default: f64) -> Result<f64> {
    let value = value.unwrap_or(default);
    if value > 0.0 && value <= 1.0 {
        return Ok(value);
    }
    Err(invalid(option, format!("{value} is not over 0 and at most 1")))
}

/// A share of a whole, or 0 for none of it.
pub(super) fn share_or_none(option: &str, value: Option<f64>, default: f64) -> Result<f64> {
    within(option, value, default, 0.0..=1.0)
}
