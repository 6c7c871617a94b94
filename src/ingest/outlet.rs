//! Who published an article, from its web address: the registrable domain.
//!
//! `www.bbc.co.uk` and `m.bbc.co.uk` are one outlet, `bbc.co.uk`; `a.blogspot.com` and
//! `b.blogspot.com` are two. The public suffix list tells which is which.

use std::net::IpAddr;

/// The registrable domain of a web address, in lower case; an address of numbers as it stands;
/// `None` where the address names no host.
pub(super) fn registrable_domain(url: &str) -> Option<String> {
    let host = host(url)?.to_lowercase();
    if host.parse::<IpAddr>().is_ok() {
        return Some(host);
    }
    Some(psl::domain_str(&host)?.to_owned())
}

/// Whether a text is a web address, as opposed to a name or a number.
pub(super) fn is_web_address(text: &str) -> bool {
    let text = text.trim_start();
    ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn host(url: &str) -> Option<&str> {
    let url = url.trim();
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = after_scheme.trim_start_matches('/').split(['/', '?', '#']).next()?;
    let with_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match with_port.strip_prefix('[') {
        Some(address) => address.split(']').next()?,
        None => with_port.split(':').next()?,
    };
    let host = host.trim_end_matches('.');
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registrable_domain_stands_under_its_public_suffix() {
        let addresses = [
            ("https://www.bbc.co.uk/news/1", Some("bbc.co.uk")),
            ("http://M.Example.COM:8080/a?b=c#d", Some("example.com")),
            ("https://user:pass@news.example.org.", Some("example.org")),
            ("https://one.blogspot.com/2024", Some("one.blogspot.com")),
            ("www.example.de/artikel", Some("example.de")),
            ("//cdn.example.fr/x", Some("example.fr")),
            ("http://192.168.0.1/x", Some("192.168.0.1")),
            ("http://[2001:db8::1]:80/x", Some("2001:db8::1")),
            ("https://", None),
            ("", None),
            ("co.uk", None),
        ];
        for (url, domain) in addresses {
            assert_eq!(registrable_domain(url).as_deref(), domain, "{url}");
        }
    }

    #[test]
    fn a_name_or_a_number_is_no_web_address() {
        assert!(is_web_address("HTTPS://example.org"));
        assert!(!is_web_address("7845113"));
        assert!(!is_web_address("Example News"));
    }
}
