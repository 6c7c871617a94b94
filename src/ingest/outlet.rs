//! Who published an article, from its web address: the registrable domain.
//!
//! `www.bbc.co.uk` and `m.bbc.co.uk` are one outlet, `bbc.co.uk`; `a.blogspot.com` and
//! `b.blogspot.com` are two. The public suffix list tells which is which. Where one outlet has several
//! domains or names, a table says so: a short one of the largest hosts, and the user's own. Hosts that
//! carry what others write (`news.yahoo.com`, `msn.com`) are outlets of their own.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use ahash::AHashMap;

use crate::error::{Error, InputErrorKind, Position, Result};

/// Domains under which large outlets publish beside their first one.
const SAME_OUTLET: [(&str, &str); 20] = [
    ("apnews.org", "apnews.com"),
    ("bbc.com", "bbc.co.uk"),
    ("bbc.in", "bbc.co.uk"),
    ("bbci.co.uk", "bbc.co.uk"),
    ("bloom.bg", "bloomberg.com"),
    ("cnn.it", "cnn.com"),
    ("cnnespanol.com", "cnn.com"),
    ("dailym.ai", "dailymail.co.uk"),
    ("dailymail.com", "dailymail.co.uk"),
    ("gu.com", "theguardian.com"),
    ("guardian.co.uk", "theguardian.com"),
    ("huffpost.com", "huffingtonpost.com"),
    ("n.pr", "npr.org"),
    ("nyti.ms", "nytimes.com"),
    ("reut.rs", "reuters.com"),
    ("thesun.com", "thesun.co.uk"),
    ("thetimes.com", "thetimes.co.uk"),
    ("wapo.st", "washingtonpost.com"),
    ("washpost.com", "washingtonpost.com"),
    ("wsj.net", "wsj.com"),
];

/// Names and hosts of outlets that are one, as a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlets {
    names: Arc<AHashMap<String, String>>,
}

impl Outlets {
    /// Reads a table of two columns without a header: a name or a host, and the outlet that it
    /// belongs to. Capitals make no difference in the first one.
    ///
    /// # Errors
    /// [`Error::Input`] where the file cannot be read, and for a line that is not of this form.
    pub fn read(path: &Path) -> Result<Self> {
        let file = path.display().to_string();
        let mut rows = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .comment(Some(b'#'))
            .trim(::csv::Trim::All)
            .from_path(path)
            .map_err(|error| {
                Error::input(Position::whole(file.as_str()), InputErrorKind::Malformed, error)
            })?;
        let mut names = AHashMap::new();
        for row in rows.records() {
            let wrong = |line: u64, reason: String| {
                Error::input(Position::line(file.as_str(), line), InputErrorKind::Malformed, reason)
            };
            let row = row.map_err(|error| {
                wrong(error.position().map_or(1, ::csv::Position::line), error.to_string())
            })?;
            let line = row.position().map_or(1, ::csv::Position::line);
            let [name, outlet] = [row.get(0), row.get(1)].map(Option::unwrap_or_default);
            if row.len() != 2 || name.is_empty() || outlet.is_empty() {
                let reason = "not of the form NAME OR HOST,OUTLET".to_owned();
                return Err(wrong(line, reason));
            }
            names.insert(name.to_lowercase(), outlet.to_owned());
        }
        Ok(Self { names: Arc::new(names) })
    }

    /// The outlet that goes by this name or is found at this host, where a table says it.
    pub(super) fn known(&self, name: &str) -> Option<&str> {
        let said = |name: &str| self.names.get(name).map(String::as_str);
        let is_host = name.contains('.') && !name.contains(char::is_whitespace);
        if self.names.is_empty() && !is_host {
            return None;
        }
        let lower = name.to_lowercase();
        if let Some(outlet) = said(&lower) {
            return Some(outlet);
        }
        let domain = is_host.then(|| registrable_domain(&lower)).flatten()?;
        let built_in = || {
            let place = SAME_OUTLET.binary_search_by(|(other, _)| (*other).cmp(&domain)).ok()?;
            Some(SAME_OUTLET[place].1)
        };
        said(&domain).or_else(|| built_in().map(|outlet| said(outlet).unwrap_or(outlet)))
    }

    /// The outlet at a web address: as a table says of its host or its domain, else the domain.
    pub(super) fn at(&self, url: &str) -> Option<String> {
        let known = host(url).and_then(|host| self.known(host)).map(str::to_owned);
        known.or_else(|| registrable_domain(url))
    }
}

/// The registrable domain of an outlet that was given as a host below it: `www.post.example` of
/// news-please is `post.example` of trafilatura. Other names stand as they are.
pub(super) fn domain_of_host(name: &str) -> Option<&str> {
    let is_host = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
    if !is_host || name.parse::<IpAddr>().is_ok() {
        return None;
    }
    let is_listed = || psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known());
    let domain = psl::domain_str(name)?;
    (domain != name && (name.starts_with("www.") || is_listed())).then_some(domain)
}

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
    fn a_host_that_is_given_as_a_name_is_its_domain() {
        for (name, domain) in [
            ("www.post.example", Some("post.example")),
            ("edition.cnn.com", Some("cnn.com")),
            ("www.bbc.co.uk", Some("bbc.co.uk")),
            ("bbc.co.uk", None),
            ("st.petersburg.times", None),
            ("The Post", None),
            ("127.0.0.1", None),
            ("www.", None),
        ] {
            assert_eq!(domain_of_host(name), domain, "{name}");
        }
    }

    #[test]
    fn names_and_hosts_of_one_outlet_are_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outlets.csv");
        std::fs::write(
            &path,
            "# ours\nHarbour Post,Post\nlive.post.example , Post\nbbc.co.uk,BBC\n",
        )
        .unwrap();
        let outlets = Outlets::read(&path).unwrap();
        for (name, known) in [
            ("HARBOUR POST", Some("Post")),
            ("live.post.example", Some("Post")),
            ("www.post.example", None),
            ("www.bbc.com", Some("BBC")),
            ("Guardian", None),
            ("guardian.co.uk", Some("theguardian.com")),
        ] {
            assert_eq!(outlets.known(name), known, "{name}");
        }
        assert_eq!(outlets.at("https://live.post.example/1").as_deref(), Some("Post"));
        assert_eq!(Outlets::default().at("https://m.bbc.com/1").as_deref(), Some("bbc.co.uk"));
        assert_eq!(Outlets::default().at("https://a.example/1").as_deref(), Some("a.example"));

        std::fs::write(&path, "a,b\nonly one\n").unwrap();
        let error = Outlets::read(&path).unwrap_err().to_string();
        assert!(error.ends_with("outlets.csv:2: not of the form NAME OR HOST,OUTLET"), "{error}");
    }

    #[test]
    fn the_built_in_table_is_in_order() {
        assert!(SAME_OUTLET.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

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
