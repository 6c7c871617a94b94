//! What the address of a page says: whose it is, and of which day.

/// Parts of an address behind which stand lists of articles.
const LISTS: [&str; 6] = ["author", "authors", "category", "search", "tag", "tags"];
/// Names under which the query of an address holds the number of an article.
const ARTICLE_NUMBERS: [&str; 15] = [
    "aid",
    "article",
    "article_id",
    "articleid",
    "artid",
    "id",
    "idx",
    "itemid",
    "newsid",
    "nid",
    "p",
    "page_id",
    "post",
    "sid",
    "story",
];

/// Whether an address is that of a site and of no page in it. `/?p=5031` is one page of many.
pub(super) fn is_front(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let Some((_, path)) = rest.split_once('/') else { return true };
    let path = path.split_once('#').map_or(path, |(path, _)| path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let names_an_article = query.split('&').any(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let is_number = value.bytes().any(|byte| byte.is_ascii_digit());
        is_number && ARTICLE_NUMBERS.iter().any(|known| known.eq_ignore_ascii_case(name))
    });
    let is_top = path.is_empty() || path.starts_with("index.") && !path.contains('/');
    is_top && !names_an_article
}

/// Whether an address is that of a list of articles.
pub(super) fn is_list(address: &str) -> bool {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    path.split(['/', '?', '#']).skip(1).any(|part| LISTS.contains(&part))
}

/// An address as a page at `base` gives it, in full; none where that cannot be told.
pub(super) fn resolve(address: &str, base: Option<&str>) -> Option<String> {
    let is_full = |address: &str| {
        let scheme = address.split_once("://").map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| {
            ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
        })
    };
    if is_full(address) {
        return Some(address.to_owned());
    }
    let base = base.filter(|base| is_full(base));
    let (scheme, rest) = base.and_then(|base| base.split_once("://")).unwrap_or(("https", ""));
    if let Some(host) = address.strip_prefix("//") {
        return host.contains('.').then(|| format!("{scheme}://{host}"));
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = path.split_once('/').unwrap_or((path, ""));
    if host.is_empty() || address.contains(':') {
        return None;
    }
    if address.starts_with('/') {
        return Some(format!("{scheme}://{host}{address}"));
    }
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => {
                folders.pop();
            }
            part => folders.push(part),
        }
    }
    Some(format!("{scheme}://{host}/{}", folders.join("/")))
}

/// The day that an address names as `/2024/05/01/` or `/2024-05-01-`.
pub(in crate::ingest) fn day_in(address: &str) -> Option<String> {
    let bytes = address.as_bytes();
    let digits = |from: usize, count: usize| {
        let part = bytes.get(from..from + count)?;
        part.iter().all(u8::is_ascii_digit).then(|| String::from_utf8_lossy(part).into_owned())
    };
    (1..bytes.len().saturating_sub(9)).find_map(|at| {
        let between = [bytes[at - 1], bytes[at + 4], bytes[at + 7]];
        // `/2024/10/31-injured-in-tram-crash` is of October and of no day.
        let behind = bytes.get(at + 10).is_none_or(|byte| match between[1] {
            b'/' => matches!(byte, b'/' | b'?' | b'#'),
            _ => !byte.is_ascii_digit(),
        });
        let is_date = between[0] == b'/' && between[1] == between[2] && behind;
        if !is_date || !matches!(between[1], b'/' | b'-') {
            return None;
        }
        let (year, month, day) = (digits(at, 4)?, digits(at + 5, 2)?, digits(at + 8, 2)?);
        ("1990"..="2099").contains(&year.as_str()).then(|| format!("{year}-{month}-{day}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_name_a_day() {
        assert_eq!(day_in("https://a.example/2024/05/01/ferry").as_deref(), Some("2024-05-01"));
        assert_eq!(
            day_in("https://a.example/news/2024-05-01-ferry").as_deref(),
            Some("2024-05-01")
        );
        assert_eq!(day_in("https://a.example/2024/0501/ferry"), None);
        assert_eq!(day_in("https://a.example/1234/56/78"), None);
        assert_eq!(day_in("https://a.example/2024/10/31-injured"), None);
    }

    #[test]
    fn a_front_page_is_told_by_its_address() {
        for (address, front) in [
            ("https://a.example", true),
            ("https://a.example/", true),
            ("https://a.example/?x=1", true),
            ("https://a.example/?p=top", true),
            ("https://a.example/#p=1", true),
            ("https://a.example/index.html", true),
            ("https://a.example/index.php?ref=mail", true),
            ("https://a.example/?p=5031", false),
            ("https://a.example/index.php?articleId=5031", false),
            ("https://a.example/index.php/2014/05/ferry", false),
            ("https://a.example/ferry", false),
        ] {
            assert_eq!(is_front(address), front, "{address}");
        }
    }

    #[test]
    fn a_list_is_told_by_its_address() {
        for (address, list) in [
            ("https://a.example/tag/storms", true),
            ("https://a.example/news/category/weather/", true),
            ("https://a.example/tagged-along", false),
            ("https://tag.example/ferry", false),
        ] {
            assert_eq!(is_list(address), list, "{address}");
        }
    }

    #[test]
    fn a_relative_address_is_completed_by_that_of_its_page() {
        let base = Some("https://a.example/news/may/ferry?x=1");
        for (address, full) in [
            ("https://b.example/x", Some("https://b.example/x")),
            ("//b.example/x", Some("https://b.example/x")),
            ("/x", Some("https://a.example/x")),
            ("x.html", Some("https://a.example/news/may/x.html")),
            ("../x", Some("https://a.example/news/x")),
            ("mailto:a", None),
        ] {
            assert_eq!(resolve(address, base).as_deref(), full, "{address}");
        }
        assert_eq!(resolve("/x", None), None);
        assert_eq!(
            resolve("/x", Some("https://a.example")).as_deref(),
            Some("https://a.example/x")
        );
    }
}
