//! A title without what the newsroom and its website put around it: `UPDATE 2-`, `WATCH:`,
//! ` | Outlet`. Cost: a few passes over the title.

/// What stands before a colon and only says what kind of page it is.
const LABELS: [&str; 17] = [
    "watch",
    "watch live",
    "video",
    "live",
    "live updates",
    "live blog",
    "breaking",
    "breaking news",
    "just in",
    "update",
    "updated",
    "exclusive",
    "listen",
    "podcast",
    "gallery",
    "photos",
    "in pictures",
];
/// What an agency puts before a hyphen, alone or with a number behind: `UPDATE 2-Ferry aground`.
const SLUGS: [&str; 13] = [
    "UPDATE",
    "WRAPUP",
    "REFILE",
    "RPT",
    "CORRECTED",
    "CORRECTION",
    "EXCLUSIVE",
    "FACTBOX",
    "EXPLAINER",
    "ANALYSIS",
    "TIMELINE",
    "INSIGHT",
    "PREVIEW",
];
/// What a website puts between a title and its own name or a section's.
const BAR: &str = " | ";
/// What may stand there too, or within a title.
const DASHES: [&str; 3] = [" - ", " – ", " — "];
/// The least letters that tell an outlet's name in another spelling.
const TELLING: usize = 3;

/// The title itself; never empty where the title is not.
pub(crate) fn without_furniture<'t>(title: &'t str, outlet: &str) -> &'t str {
    let mut rest = title.trim();
    loop {
        let cut = without_name(without_label(rest), outlet);
        if cut.len() == rest.len() {
            return rest;
        }
        rest = cut;
    }
}

/// Without a label or an agency's slug in front.
fn without_label(title: &str) -> &str {
    let labelled = title.split_once(':').filter(|(label, rest)| {
        let label = label.trim();
        LABELS.iter().any(|known| label.eq_ignore_ascii_case(known)) && !rest.trim().is_empty()
    });
    if let Some((_, rest)) = labelled {
        return rest.trim();
    }
    let slugged = title.split_once('-').filter(|(slug, rest)| {
        let (word, number) = slug.split_once(' ').unwrap_or((slug, ""));
        SLUGS.contains(&word)
            && number.bytes().all(|b| b.is_ascii_digit())
            && rest.chars().next().is_some_and(|first| !first.is_lowercase())
            && !rest.trim().is_empty()
    });
    slugged.map_or(title, |(_, rest)| rest.trim())
}

/// Without the website's name behind it, or a section's before it: of what bars part, the longest
/// stays; what a dash parts goes where it is the outlet's name.
fn without_name<'t>(title: &'t str, outlet: &str) -> &'t str {
    if title.contains(BAR) {
        // The last of equals is what `max_by_key` finds, so it looks from the end.
        let parts = title.rsplit(BAR).map(str::trim);
        return parts.max_by_key(|part| part.chars().count()).unwrap_or(title);
    }
    let behind = DASHES.iter().filter_map(|dash| title.rsplit_once(dash));
    let mut named = behind.filter(|(head, tail)| !head.trim().is_empty() && is_name(tail, outlet));
    named.next().map_or(title, |(head, _)| head.trim())
}

/// Whether this is the outlet's name: of the name, or of the first part of a domain (`bbc.co.uk`),
/// one begins with the other, by letters, an article in front left out.
fn is_name(tail: &str, outlet: &str) -> bool {
    let letters = |text: &str| -> String {
        let all = text.chars().filter(|c| c.is_alphanumeric());
        let lower: String = all.flat_map(char::to_lowercase).collect();
        lower.strip_prefix("the").map(str::to_owned).unwrap_or(lower)
    };
    let first_part = outlet.trim_start_matches("www.").split('.').next().unwrap_or(outlet);
    let (tail, outlet) = (letters(tail), letters(first_part));
    let telling = tail.chars().count().min(outlet.chars().count()) >= TELLING;
    telling && (tail.starts_with(&outlet) || outlet.starts_with(&tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_agency_or_a_page_puts_in_front_goes() {
        let bare = |title| without_furniture(title, "");
        assert_eq!(bare("UPDATE 2-Ferry aground off Quillan"), "Ferry aground off Quillan");
        assert_eq!(bare("RPT-UPDATE 1-Ferry aground"), "Ferry aground");
        assert_eq!(bare("WATCH: Ferry aground"), "Ferry aground");
        assert_eq!(bare("Breaking: Watch live: Ferry aground"), "Ferry aground");
        assert_eq!(bare(" Ferry aground "), "Ferry aground");
    }

    #[test]
    fn what_belongs_to_the_title_stays() {
        for title in [
            "Quillan: ferry aground",
            "Update your ferry tickets now",
            "UPDATE-able ferries",
            "WATCH:",
            "UPDATE 2-",
            "Ferry aground - what we know",
            "The ferry - the",
            "Quillan Post",
        ] {
            assert_eq!(without_furniture(title, "quillan.example"), title);
        }
    }

    #[test]
    fn the_websites_name_goes() {
        let of = without_furniture;
        assert_eq!(of("Ferry aground | Quillan News", ""), "Ferry aground");
        assert_eq!(of("Travel | Ferry aground off Port | QN", ""), "Ferry aground off Port");
        assert_eq!(of("Ferry aground - Quillan Post", "quillanpost.example"), "Ferry aground");
        assert_eq!(of("Ferry aground – The Quillan", "Quillan Post"), "Ferry aground");
        assert_eq!(of("Ferry aground - QP News", "qp.example"), "Ferry aground - QP News");
        assert_eq!(of("Ferry - tug - Quillan Post", "Quillan Post"), "Ferry - tug");
        assert_eq!(of(" | ", ""), "|");
    }
}
