//! Which version of its text an article says it is: corrections, updates and repeats, by the marks that
//! agencies and outlets set.

/// A correction goes before any update.
const CORRECTED: u32 = 1_000;
/// The greatest number of an update that counts.
const MOST_UPDATES: u32 = 900;
/// How many characters of a line tell whether it is a notice.
const NOTICE_CHARS: usize = 16;
/// What the line of a notice begins with, in lower case.
const NOTICES: [&str; 6] =
    ["correction:", "correction -", "corrected:", "corrects ", "correcting ", "clarification:"];

/// The version that an article of this title and text says it is: 0 where it says nothing, more for a
/// later update, most for a correction.
pub fn version(title: &str, text: &str) -> u32 {
    match version_mark(title) {
        Some((version, _)) => version,
        None if text.lines().any(is_notice) => CORRECTED,
        None => 0,
    }
}

fn is_notice(line: &str) -> bool {
    let line = line.trim_start_matches(['(', '[', '*', '-', '–', '—', ' ']);
    // Most lines are told by their first letter.
    if !line.starts_with(['c', 'C']) {
        return false;
    }
    let lower: String = line.chars().take(NOTICE_CHARS).collect::<String>().to_lowercase();
    NOTICES.iter().any(|notice| lower.starts_with(notice))
}

/// The mark of a later version that a title begins with, as its version, and the title without it:
/// `CORRECTED-`, `(CORRECTED) -`, `UPDATE 2-`, `RPT-`.
pub fn version_mark(title: &str) -> Option<(u32, &str)> {
    let begin = title.trim_start_matches(['(', '[', '*', ' ']);
    let word = begin.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let rest = &begin[word.len()..];
    let version = match word.to_uppercase().as_str() {
        "CORRECTED" | "CORRECTION" | "CORRECTING" | "REFILE" | "CORR" => CORRECTED,
        "RPT" | "REPEAT" => 1,
        "UPDATE" | "UPDATED" | "WRAPUP" => {
            let number = rest.trim_start().split(|c: char| !c.is_ascii_digit()).next();
            1 + number.and_then(|number| number.parse().ok()).unwrap_or(1).min(MOST_UPDATES)
        }
        _ => return None,
    };
    let rest = rest.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
    // A mark ends in a sign: "Corrected figures show a loss" is none.
    let sign = ['-', ':', ')', ']', '–', '—', '*', '|'];
    rest.starts_with(sign)
        .then(|| (version, rest.trim_start_matches(sign).trim_start()))
        .map(|(version, bare)| (version, bare.trim_start_matches(sign).trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_which_version_it_heads() {
        let bare = "Freighter aground";
        for (title, version) in [
            ("CORRECTED-Freighter aground", CORRECTED),
            ("(CORRECTED) - Freighter aground", CORRECTED),
            ("UPDATE 2-Freighter aground", 3),
            ("UPDATED: Freighter aground", 2),
            ("RPT-Freighter aground", 1),
        ] {
            assert_eq!(version_mark(title), Some((version, bare)), "{title}");
        }
        for title in ["Corrected figures show a loss", "Update on the freighter", "", "Ferry"] {
            assert_eq!(version_mark(title), None, "{title}");
        }
    }

    #[test]
    fn a_text_says_that_it_was_corrected() {
        assert_eq!(version("", "It ran aground.\n\nCorrection: it was no tanker."), CORRECTED);
        assert_eq!(version("", "It ran aground.\n(Corrects name of the ship)"), CORRECTED);
        assert_eq!(version("", "The correction: a long story."), 0);
    }
}
