//! A stream that may fall silent, read so that the user can still stop the run.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use crate::observer::Observer;

/// How much is read at a time.
const PIECE_BYTES: usize = 256 << 10;
/// How many pieces wait to be taken.
const PIECES: usize = 4;
/// How often the observer is asked while nothing comes.
const PATIENCE: Duration = Duration::from_millis(100);

/// A stream that a thread of its own reads, since a read that waits cannot be stopped. Where the
/// stream is given up, the thread stays until its read returns or the program ends.
pub(super) struct Attended<'o> {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    taken: usize,
    observer: &'o dyn Observer,
}

impl<'o> Attended<'o> {
    /// Begins to read `stream`.
    pub(super) fn new(mut stream: impl Read + Send + 'static, observer: &'o dyn Observer) -> Self {
        let (sender, pieces) = sync_channel(PIECES);
        thread::spawn(move || {
            loop {
                let mut piece = vec![0; PIECE_BYTES];
                let read = stream.read(&mut piece).map(|read| {
                    piece.truncate(read);
                    piece
                });
                let again = match &read {
                    Ok(piece) => !piece.is_empty(),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(_) => false,
                };
                if sender.send(read).is_err() || !again {
                    return;
                }
            }
        });
        Self { pieces, piece: Vec::new(), taken: 0, observer }
    }
}

impl Read for Attended<'_> {
    /// An error of the kind `TimedOut` where the observer asks to stop.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.piece.len() {
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => {
                    self.piece = piece?;
                    self.taken = 0;
                    if self.piece.is_empty() {
                        return Ok(0);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    if self.observer.cancelled() {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
        }
        let read = (&self.piece[self.taken..]).read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Silent;

    #[test]
    fn what_comes_is_what_is_read() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| n as u8).collect();
        let mut read = Vec::new();
        Attended::new(io::Cursor::new(bytes.clone()), &Silent).read_to_end(&mut read).unwrap();
        assert!(read == bytes);
    }

    #[test]
    fn a_silent_stream_can_be_given_up() {
        struct Stop;
        impl Observer for Stop {
            fn cancelled(&self) -> bool {
                true
            }
        }
        let (silent, _open) = io::pipe().unwrap();
        let error = Attended::new(silent, &Stop).read(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
