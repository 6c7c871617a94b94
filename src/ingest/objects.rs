//! Objects of S3 and files of the web, found as files are found and read as standard input is read.
//!
//! The `object_store` crate signs, sends and retries; credentials, endpoint and region come from the
//! environment variables that every tool for S3 knows (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`, …).
//! An object is asked for once when it is found, for its size and so that a typing error is told at once,
//! and once when it is read; it then passes through in pieces, and what must be read from any place
//! (Parquet, ZIP) through a copy without a name. `objects_absent.rs` stands here in a build without.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, Cursor, Read};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{
    ClientConfigKey, ClientOptions, Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt,
};
use tokio::runtime::{Builder, Runtime};

use super::inputs::{IN_S3, error};
use crate::error::{Cause, Result};
use crate::observer::Observer;

/// How often the observer is asked while a store does not answer.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long a server may be silent in the middle of an object before it is asked again.
const SILENCE: &str = "30 seconds";
/// How long an object may take: the crate's 30 seconds are for small ones.
const WHOLE_OBJECT: &str = "7 days";

/// An object that is there.
#[derive(Clone, Debug)]
pub(super) struct Object {
    store: Arc<Store>,
    location: Path,
    bytes: u64,
}

impl Object {
    /// Its size when it was found.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its bytes, asked for with the first that is read.
    pub(super) fn open(&self) -> Body {
        Body { object: self.clone(), stream: None, piece: Cursor::default() }
    }
}

/// The bytes of an object, as they come.
pub(super) struct Body {
    object: Object,
    stream: Option<BoxStream<'static, Result<Vec<u8>, StoreError>>>,
    piece: Cursor<Vec<u8>>,
}

impl Body {
    /// Waits for the next bytes; `None` behind the last.
    fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let Object { store, location, .. } = &self.object;
        store.runtime.block_on(async {
            let stream = match &mut self.stream {
                Some(stream) => stream,
                None => {
                    let answer = store.objects.get(location).await?;
                    self.stream.insert(Box::pin(answer.into_stream().map_ok(Vec::from)))
                }
            };
            stream.try_next().await
        })
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.next() {
                Ok(Some(piece)) => self.piece = Cursor::new(piece),
                Ok(None) => return Ok(0),
                Err(error) => return Err(io::Error::other(self.object.store.in_words(&error))),
            }
        }
    }
}

/// A bucket, or one file of the web.
#[derive(Debug)]
struct Store {
    runtime: Arc<Runtime>,
    objects: Box<dyn ObjectStore>,
    /// What to do where the store refuses.
    advice: &'static str,
}

impl Store {
    /// The reason that a server or the system gives, in one line.
    fn in_words(&self, error: &StoreError) -> String {
        if matches!(error, StoreError::NotFound { .. }) {
            return "there is no such object".into();
        }
        let mut innermost: &dyn std::error::Error = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        let told = innermost.to_string();
        // A server answers with a page or with XML; of the latter, the message says more than the code.
        let reason = told.split('<').next().unwrap_or_default().trim_end_matches([' ', ':', '\n']);
        let message = told
            .split_once("<Message>")
            .and_then(|(_, after)| after.split_once("</Message>"))
            .map(|(message, _)| format!(" ({message})"));
        let reason = reason.replace("Server returned non-2xx status code:", "the server answers");
        let line = format!("{reason}{}{}", message.unwrap_or_default(), self.advice);
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The stores that a run has asked so far.
pub(super) struct Stores<'o> {
    runtime: Option<Arc<Runtime>>,
    buckets: BTreeMap<String, Arc<Store>>,
    observer: &'o dyn Observer,
}

impl<'o> Stores<'o> {
    /// No store yet; `observer` may end a search.
    pub(super) fn new(observer: &'o dyn Observer) -> Self {
        Self { runtime: None, buckets: BTreeMap::new(), observer }
    }

    /// The objects that a URL names, each with its name: one, or for a bucket and for a key that ends in a
    /// slash all that are below, hidden names left out as in a folder.
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] where there is none or the store refuses,
    /// [`crate::error::Error::Interrupted`].
    pub(super) fn find(&mut self, url: &str) -> Result<Vec<(String, Object)>> {
        let name = without_password(url);
        let Some(place) = url.strip_prefix(IN_S3) else {
            let objects = HttpBuilder::new().with_url(url).with_client_options(client_options());
            let store = self.store(&name, objects.build(), "")?;
            let bytes = self.size(&name, &store, &Path::ROOT)?;
            return Ok(vec![(name, Object { store, location: Path::ROOT, bytes })]);
        };
        let (bucket, key) = place.split_once('/').unwrap_or((place, ""));
        let store = self.bucket(&name, bucket)?;
        let location = Path::parse(key).map_err(|reason| error(&name, Cause::of(reason)))?;
        if !key.is_empty() && !key.ends_with('/') {
            let bytes = self.size(&name, &store, &location)?;
            return Ok(vec![(name, Object { store, location, bytes })]);
        }
        let listed = store.objects.list(Some(&location)).try_collect();
        let listed: Vec<ObjectMeta> = self.wait(&name, &store, listed)?;
        let found: Vec<_> = listed
            .into_iter()
            .filter(|listed| is_read(listed, &location))
            .map(|ObjectMeta { location, size: bytes, .. }| {
                let name = format!("{IN_S3}{bucket}/{location}");
                (name, Object { store: Arc::clone(&store), location, bytes })
            })
            .collect();
        if found.is_empty() {
            return Err(error(&name, "no objects here (hidden and empty ones are left out)"));
        }
        Ok(found)
    }

    fn bucket(&mut self, name: &str, bucket: &str) -> Result<Arc<Store>> {
        if let Some(store) = self.buckets.get(bucket) {
            return Ok(Arc::clone(store));
        }
        let builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), WHOLE_OBJECT)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::ReadTimeout), SILENCE);
        let value = |key| builder.get_config_value(&key);
        let is_signed = value(AmazonS3ConfigKey::SkipSignature).as_deref() != Some("true");
        let advice = if is_signed && value(AmazonS3ConfigKey::AccessKeyId).is_none() {
            "; AWS_ACCESS_KEY_ID is not set (a public bucket is read with AWS_SKIP_SIGNATURE=true)"
        } else {
            ""
        };
        let store = self.store(name, builder.build(), advice)?;
        self.buckets.insert(bucket.to_owned(), Arc::clone(&store));
        Ok(store)
    }

    fn store(
        &mut self,
        name: &str,
        objects: object_store::Result<impl ObjectStore>,
        advice: &'static str,
    ) -> Result<Arc<Store>> {
        let runtime = match &self.runtime {
            Some(runtime) => Arc::clone(runtime),
            None => {
                let built = Builder::new_current_thread().enable_all().build();
                let built = built.map_err(|reason| error(name, Cause::of(reason)))?;
                Arc::clone(self.runtime.insert(Arc::new(built)))
            }
        };
        let objects = Box::new(objects.map_err(|reason| error(name, Cause::of(reason)))?);
        Ok(Arc::new(Store { runtime, objects, advice }))
    }

    /// How large an object is. Its head alone would do, but not every server answers that.
    fn size(&self, name: &str, store: &Store, location: &Path) -> Result<u64> {
        Ok(self.wait(name, store, store.objects.get(location))?.meta.size)
    }

    /// Waits for an answer for as long as the observer does.
    fn wait<T>(
        &self,
        name: &str,
        store: &Store,
        answer: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T> {
        store.runtime.block_on(async {
            let mut answer = pin!(answer);
            loop {
                match tokio::time::timeout(PATIENCE, &mut answer).await {
                    Ok(Ok(answer)) => return Ok(answer),
                    Ok(Err(reason)) => {
                        return Err(error(name, Cause::told(store.in_words(&reason), reason)));
                    }
                    Err(_) => self.observer.check()?,
                }
            }
        })
    }
}

fn client_options() -> ClientOptions {
    ClientOptions::new()
        .with_allow_http(true)
        .with_config(ClientConfigKey::Timeout, WHOLE_OBJECT)
        .with_config(ClientConfigKey::ReadTimeout, SILENCE)
}

/// Whether an object below a prefix is input. A store has no folders; what stands for one is empty.
fn is_read(listed: &ObjectMeta, below: &Path) -> bool {
    let mut parts = listed.location.prefix_match(below).into_iter().flatten();
    listed.size > 0 && !parts.any(|part| part.as_ref().starts_with('.'))
}

/// A URL as messages and results name it.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_no_part_of_a_name() {
        assert_eq!(without_password("http://me:secret@host/a@b?c"), "http://host/a@b?c");
        assert_eq!(without_password("https://host:81/a"), "https://host:81/a");
        assert_eq!(without_password("s3://bucket/me@work"), "s3://bucket/me@work");
    }
}
