//! WARC: the pages that a crawler was answered with, as CC-NEWS has them.
//!
//! Each `response` is a record; what the crawler notes beside them (`warcinfo`, `request`,
//! `metadata`, `revisit`) is none. `WARC-Date` is when the page was fetched, so it is no date of
//! publication. The format is that of ISO 28500:2017; the answer inside is HTTP/1.1, whose chunks
//! and gzip are undone.

use std::borrow::Cow;
use std::io::Read;

use memchr::{memchr, memmem};

use super::blocks::{Split, Step};
use super::limits::Limits;
use crate::error::{Cause, Place};

/// How every record begins.
const MARK: &[u8] = b"WARC/";
/// A header is not longer; what is, is damaged.
const HEADER_BYTES: usize = 64 << 10;

/// Whether a stream that begins so is a WARC file.
pub(super) fn is_warc(head: &[u8]) -> bool {
    head.starts_with(MARK)
}

/// Cuts a stream into responses.
#[derive(Debug, Default)]
pub(super) struct Responses {
    records: u64,
    state: State,
    /// Whether what comes is damaged and was told: it is passed over up to the next mark.
    is_lost: bool,
}

/// Where in a record a stream is.
#[derive(Debug)]
enum State {
    /// In a header, of which so much was seen.
    Header(Vec<u8>),
    /// In a record of which so many bytes are to come, and whether it is a response.
    Content(u64, bool),
    /// In a line where a header should begin.
    Lost,
}

impl Default for State {
    fn default() -> Self {
        Self::Header(Vec::new())
    }
}

impl Split for Responses {
    fn next(&mut self, bytes: &[u8]) -> Step {
        let seen = match &mut self.state {
            State::Content(..) => return self.content(bytes, 0),
            State::Lost => return self.line(bytes),
            State::Header(seen) => seen,
        };
        if seen.is_empty() && matches!(bytes[0], b'\r' | b'\n') {
            let breaks = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            return Step::Between(breaks);
        }
        let before = seen.len();
        seen.extend_from_slice(&bytes[..bytes.len().min(HEADER_BYTES - before)]);
        let begun = seen.len().min(MARK.len());
        if seen[..begun] != MARK[..begun] || seen.len() >= HEADER_BYTES && end(seen).is_none() {
            self.state = State::Lost;
            return self.line(bytes);
        }
        // The end may lie across two pieces.
        let from = before.saturating_sub(3);
        let Some(at) = end(&seen[from..]) else { return Step::Within };
        let header = &seen[..from + at];
        let used = header.len() - before;
        match length(header) {
            Some(length) => {
                self.is_lost = false;
                self.state = State::Content(length, is_response(header));
                self.content(bytes, used)
            }
            None => {
                self.is_lost = true;
                self.close(used)
            }
        }
    }

    fn place(&self) -> Place {
        Place::Record(self.records + 1)
    }

    fn end(&self) -> Option<String> {
        match &self.state {
            State::Content(left, _) if *left > 0 => Some("the file ends within this record".into()),
            State::Header(seen) if !seen.is_empty() => {
                Some("the file ends within the header of this record".into())
            }
            _ => None,
        }
    }
}

impl Responses {
    /// Goes on in a record's content, behind `used` bytes.
    fn content(&mut self, bytes: &[u8], used: usize) -> Step {
        let State::Content(left, is_response) = self.state else { return Step::Within };
        let here = (bytes.len() - used) as u64;
        if here < left {
            self.state = State::Content(left - here, is_response);
            return if is_response { Step::Within } else { Step::Between(bytes.len()) };
        }
        let used = used + usize::try_from(left).unwrap_or(usize::MAX);
        if is_response {
            return self.close(used);
        }
        self.state = State::default();
        Step::Between(used)
    }

    /// Goes on in a line that is no header: the first one is a record that will be rejected.
    fn line(&mut self, bytes: &[u8]) -> Step {
        let end = memchr(b'\n', bytes).map(|at| at + 1);
        match (end, self.is_lost) {
            (None, true) => Step::Between(bytes.len()),
            (None, false) => Step::Within,
            (Some(end), true) => {
                self.state = State::default();
                Step::Between(end)
            }
            (Some(end), false) => {
                self.is_lost = true;
                self.close(end)
            }
        }
    }

    fn close(&mut self, used: usize) -> Step {
        self.state = State::default();
        self.records += 1;
        Step::End(used, Place::Record(self.records))
    }
}

/// Where a header ends that begins here.
fn end(header: &[u8]) -> Option<usize> {
    memmem::find(header, b"\r\n\r\n").map(|at| at + 4)
}

/// A response as it stands in a file.
#[derive(Debug)]
pub(super) struct Response<'a> {
    /// The address that was asked.
    pub(super) url: &'a str,
    /// The name of its encoding, where the server told.
    pub(super) charset: Option<&'a str>,
    /// The page.
    pub(super) body: Cow<'a, [u8]>,
}

/// Reads a record that [`Responses`] has cut out.
///
/// # Errors
/// In words, where it is no page.
pub(super) fn response(record: &[u8], limits: Limits) -> Result<Response<'_>, Cause> {
    let (header, content) =
        halves(record).filter(|_| is_warc(record)).ok_or("not a WARC record: it is damaged")?;
    let length = length(header).ok_or("not a WARC record: it says no Content-Length")?;
    let content = &content[..content.len().min(usize::try_from(length).unwrap_or(usize::MAX))];
    let url = field(header, "WARC-Target-URI").unwrap_or_default();
    let (answer, body) = halves(content).ok_or("no HTTP response: its header has no end")?;
    let status = answer.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if !answer.starts_with(b"HTTP/") || status != b"200" {
        let status = String::from_utf8_lossy(status.get(..3).unwrap_or(status));
        return Err(format!("no page: the server answered with status {status}").into());
    }
    let kind = field(answer, "Content-Type").unwrap_or("text/html");
    let is_page = ["text/html", "application/xhtml"]
        .iter()
        .any(|page| kind.get(..page.len()).is_some_and(|start| start.eq_ignore_ascii_case(page)));
    if !is_page {
        return Err(format!("no HTML page: its Content-Type is {kind}").into());
    }
    let charset = kind.split(';').find_map(|part| part.trim().strip_prefix("charset="));
    let mut body = Cow::Borrowed(body);
    if field(answer, "Transfer-Encoding").is_some_and(|how| how.eq_ignore_ascii_case("chunked")) {
        // Crawlers note the header and store the page without its chunks as often as not.
        if let Some(joined) = join(&body) {
            body = Cow::Owned(joined);
        }
    }
    if body.starts_with(&[0x1f, 0x8b]) {
        body = Cow::Owned(gunzip(&body, limits)?);
    } else if let Some(how) = field(answer, "Content-Encoding")
        && !["identity", "gzip", "utf-8"].iter().any(|known| how.eq_ignore_ascii_case(known))
        // Crawlers note the header and store the page decoded as often as not.
        && std::str::from_utf8(&body).is_err()
    {
        body = Cow::Owned(decoded(how, &body, limits)?);
    }
    Ok(Response { url: url.trim_matches(['<', '>']), charset, body })
}

/// A body without the encoding that its header names.
fn decoded(how: &str, body: &[u8], limits: Limits) -> Result<Vec<u8>, Cause> {
    let wrong =
        |error: std::io::Error| Cause::told(format!("its {how} data is damaged ({error})"), error);
    let mut page = Vec::new();
    let reader: Box<dyn Read + '_> = match how.to_ascii_lowercase().as_str() {
        #[cfg(feature = "formats")]
        "br" => Box::new(brotli_decompressor::Decompressor::new(body, 4096)),
        "zstd" => Box::new(zstd::Decoder::with_buffer(body).map_err(wrong)?),
        // Servers send it with a header and without.
        "deflate" if body.first() == Some(&0x78) => Box::new(flate2::read::ZlibDecoder::new(body)),
        "deflate" => Box::new(flate2::read::DeflateDecoder::new(body)),
        _ => return Err(format!("its Content-Encoding is {how}, which is not read").into()),
    };
    reader.take(limits.record_bytes as u64 + 1).read_to_end(&mut page).map_err(wrong)?;
    grown(page, body, limits)
}

fn halves(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memmem::find(bytes, b"\r\n\r\n")?;
    Some((&bytes[..at], &bytes[at + 4..]))
}

/// A header's field, by its name in any case.
fn field<'h>(header: &'h [u8], name: &str) -> Option<&'h str> {
    header.split(|byte| *byte == b'\n').find_map(|line| {
        let (key, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn length(header: &[u8]) -> Option<u64> {
    field(header, "Content-Length")?.parse().ok()
}

fn is_response(header: &[u8]) -> bool {
    field(header, "WARC-Type").is_some_and(|kind| kind.eq_ignore_ascii_case("response"))
}

/// The chunks of a body put together; `None` where it is not made of chunks.
fn join(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::with_capacity(body.len());
    loop {
        let line = memmem::find(body, b"\r\n")?;
        let size = std::str::from_utf8(&body[..line]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(joined);
        }
        let chunk = body.get(line + 2..)?;
        joined.extend_from_slice(chunk.get(..size)?);
        body = chunk.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

fn gunzip(body: &[u8], limits: Limits) -> Result<Vec<u8>, Cause> {
    let mut page = Vec::new();
    let most = limits.record_bytes as u64 + 1;
    let read = flate2::read::MultiGzDecoder::new(body).take(most).read_to_end(&mut page);
    page = grown(page, body, limits)?;
    read.map_err(|error| Cause::told(format!("its gzip data is damaged ({error})"), error))?;
    Ok(page)
}

/// A page that came out of a body, unless it is too long or grew too much.
fn grown(page: Vec<u8>, body: &[u8], limits: Limits) -> Result<Vec<u8>, Cause> {
    if page.len() > limits.record_bytes {
        Err(limits.too_long())
    } else if limits.is_bomb(page.len() as u64, body.len() as u64) {
        Err(limits.bomb_in_words())
    } else {
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::blocks::cut;

    fn record(kind: &str, content: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://a.example/1\r\n\
             Content-Length: {}\r\n\r\n{content}\r\n\r\n",
            content.len()
        )
    }

    const PAGE: &str =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html>A\r\n\r\nB</html>";

    #[test]
    fn responses_are_cut_out_whatever_the_pieces() {
        let file = [
            record("warcinfo", "software: x\r\n\r\n"),
            record("request", "GET / HTTP/1.1\r\n\r\n"),
            record("response", PAGE),
            record("metadata", ""),
            record("response", "HTTP/1.1 404 Not Found\r\n\r\n"),
        ]
        .concat();
        for piece in 1..200 {
            let found = cut(&mut Responses::default(), file.as_bytes(), piece);
            let whole: Vec<&String> =
                found.iter().filter(|record| record.starts_with("WARC/")).collect();
            assert_eq!(whole.len(), 2, "in pieces of {piece}: {found:?}");
            assert!(whole[0].ends_with("</html>") && whole[1].ends_with("Found\r\n\r\n"));
        }
    }

    #[test]
    fn a_header_without_a_length_is_one_record_and_the_next_is_read() {
        let file =
            format!("WARC/1.0\r\nWARC-Type: response\r\n\r\nx\r\n\r\n{}", record("response", PAGE));
        for piece in [1, 7, 10_000] {
            let found = cut(&mut Responses::default(), file.as_bytes(), piece);
            assert!(
                response(found[0].as_bytes(), Limits::default())
                    .unwrap_err()
                    .contains("Content-Length")
            );
            assert_eq!(
                response(found[1].as_bytes(), Limits::default()).unwrap().url,
                "https://a.example/1"
            );
        }
    }

    #[test]
    fn a_page_is_what_the_server_answered() {
        let text = record("response", PAGE);
        let page = response(text.as_bytes(), Limits::default()).unwrap();
        assert_eq!(page.charset, Some("utf-8"));
        assert!(page.body.starts_with(b"<html>A\r\n\r\nB</html>"));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\n2;x\r\nhi\r\n0\r\n\r\n";
        assert_eq!(
            &*response(record("response", chunked).as_bytes(), Limits::default()).unwrap().body,
            b"<p>hi"
        );
        for (content, why) in [
            ("HTTP/1.1 404 Not Found\r\n\r\nx", "status 404"),
            ("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx", "image/png"),
            ("nothing", "no HTTP response"),
        ] {
            let error =
                response(record("response", content).as_bytes(), Limits::default()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
