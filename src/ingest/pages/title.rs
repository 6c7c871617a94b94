//! A title without the name of its site.

/// Signs that sites put between a title and their name.
const BETWEEN: [&str; 14] = [
    " | ", " - ", " – ", " — ", " · ", " » ", " « ", " :: ", " • ", " // ", " ~ ", "｜", " / ",
    " > ",
];

/// A page's title without the names of its site before or behind it. A headline of the page that the
/// title begins with, a name behind it, is the title.
pub(super) fn without_site(
    title: &str,
    sites: &[String],
    address: &str,
    headings: &[String],
) -> String {
    let mut title = title.trim();
    let is_site = |part: &str| {
        let part = plain(part);
        let is_named = |name: &str| {
            let name = plain(name);
            // `BBC News` is of `BBC`.
            !name.is_empty()
                && (part == name || part.starts_with(&name) && part.len() < 2 * name.len())
        };
        !part.is_empty() && (sites.iter().any(|site| is_named(site)) || is_host(&part, address))
    };
    loop {
        let last = BETWEEN.iter().filter_map(|sign| title.rsplit_once(sign));
        let first = BETWEEN.iter().filter_map(|sign| title.split_once(sign));
        let behind = last.min_by_key(|(_, site)| site.len());
        let before = first.min_by_key(|(site, _)| site.len());
        title = match (behind, before) {
            (Some((rest, site)), _) if is_site(site) && !rest.trim().is_empty() => rest.trim(),
            (_, Some((site, rest))) if is_site(site) && !rest.trim().is_empty() => rest.trim(),
            _ => break,
        };
    }
    let is_followed = |heading: &&String| {
        let rest = title.strip_prefix(heading.as_str()).unwrap_or_default();
        !heading.is_empty() && BETWEEN.iter().any(|sign| rest.starts_with(sign))
    };
    headings.iter().find(is_followed).map_or(title, String::as_str).to_owned()
}

/// A name as it is compared: letters and digits in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a name is that of the host of an address, as `post` and `post.example` are.
fn is_host(name: &str, address: &str) -> bool {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let labels: Vec<&str> = host.split('.').collect();
    /// Shorter labels are those of countries and kinds of outlet.
    const SHORTEST: usize = 4;
    name == plain(host)
        || labels.iter().rev().skip(1).any(|label| {
            let label = plain(label);
            label.len() >= SHORTEST && name == label
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_site_is_no_part_of_the_title() {
        let sites = ["The Post".to_owned()];
        for (title, left) in [
            ("Ferry aground | The Post", "Ferry aground"),
            ("Ferry aground - News - The Post", "Ferry aground - News"),
            ("Ferry aground – THE POST Online", "Ferry aground"),
            ("The Post | Ferry aground", "Ferry aground"),
            ("Ferry aground | post.example", "Ferry aground"),
            ("Ferry aground | harbour", "Ferry aground"),
            ("Ferry - aground", "Ferry - aground"),
            ("The Post", "The Post"),
            ("Port-au-Prince: a ferry", "Port-au-Prince: a ferry"),
        ] {
            let address = if title.ends_with("harbour") {
                "https://www.harbour.example/x"
            } else {
                "https://www.post.example/x"
            };
            assert_eq!(without_site(title, &sites, address, &[]), left, "{title}");
        }
    }

    #[test]
    fn the_headline_is_what_the_site_follows_in_the_title() {
        let headings = ["The Post".to_owned(), "Ferry aground".to_owned()];
        let of = |title: &str| without_site(title, &[], "", &headings);
        assert_eq!(of("Ferry aground | The Post"), "Ferry aground");
        assert_eq!(of("Ferry aground again | The Post"), "Ferry aground again | The Post");
        assert_eq!(of("Ferry aground"), "Ferry aground");
    }
}
