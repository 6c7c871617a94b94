//! Two programs measured by turns: the one that `--save` kept, and this one.
//!
//! The speed of a machine changes from minute to minute, and from process to process. One binary was measured twice
//! on a virtual machine of two cores, minutes apart: the second time it was faster by 6 to 32 %. Rounds that follow
//! each other within seconds have the same neighbours, so that their quotients tell the programs apart. Every round
//! is a process of its own, and which program goes first changes from turn to turn.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use newsfold::error::{Cause, Error, OutputStep, Result};

use super::kept::Program;
use super::measured::Measured;
use crate::cli::stop;

/// How often it is looked whether a round has ended, or is to end.
const LOOK: Duration = Duration::from_millis(5);

/// Two programs, and what each round of them is asked for.
pub(super) struct Turns<'t> {
    pub(super) old: &'t Program,
    pub(super) new: &'t Program,
    /// What is timed, of which articles, on how many threads: words of the command line.
    pub(super) asked: Vec<String>,
    /// For what lasts as long as the turns.
    pub(super) folder: &'t Path,
}

impl Turns<'_> {
    /// Measures both programs by turns until `is_enough`, which is asked after each with the number of turns and with
    /// what all of them measured, the kept program's first.
    pub(super) fn measure(
        &self,
        is_enough: impl Fn(u32, &Measured, &Measured) -> Result<bool>,
    ) -> Result<[Measured; 2]> {
        // This one first: what is wrong with the call is told by the program that was called.
        let [mut olds, mut news] = self.turn(false)?;
        let mut turns = 1;
        while !is_enough(turns, &olds, &news)? {
            let [old, new] = self.turn(turns % 2 == 1)?;
            olds.join(old);
            news.join(new);
            turns += 1;
        }
        Ok([olds, news])
    }

    fn turn(&self, is_old_first: bool) -> Result<[Measured; 2]> {
        if is_old_first {
            let old = self.round(self.old, "the kept program")?;
            return Ok([old, self.round(self.new, "this program")?]);
        }
        let new = self.round(self.new, "this program")?;
        Ok([self.round(self.old, "the kept program")?, new])
    }

    /// Runs a program once, which messages call `name`.
    fn round(&self, program: &Program, name: &str) -> Result<Measured> {
        let failed = |reason: Cause| Error::config("--compare", format!("{name}: {reason}"));
        let settings = self.folder.join("settings.toml");
        let text = toml::to_string(&program.call.settings);
        let text = text.map_err(|error| failed(Cause::of(error)))?;
        let written = fs::write(&settings, text);
        written.map_err(|error| Error::output(&settings, OutputStep::Write, error))?;
        let ((told, out), (complaint, error)) = (self.file("told")?, self.file("complaint")?);
        let mut round = Command::new(&program.file);
        round.args(["bench", "--rounds", "1", "--json", "-q", "--config"]).arg(&settings);
        round.args(&self.asked).stdout(out).stderr(error);
        round.env_clear().envs(program.call.variables());
        // What it leaves behind, should it be stopped, is gone with the folder.
        for name in ["TMPDIR", "TMP", "TEMP"] {
            round.env(name, self.folder);
        }
        let ended = wait(round).map_err(|error| {
            failed(Cause::of(error).with_words(|why| format!("{}: {why}", program.file.display())))
        })?;
        let ended = ended.ok_or(Error::Interrupted)?;
        if !ended.success() {
            let complaint = fs::read_to_string(complaint).unwrap_or_default();
            return Err(failed(match complaint.trim() {
                "" => ended.to_string().into(),
                complaint => complaint.trim_start_matches("newsfold: ").to_owned().into(),
            }));
        }
        let told = fs::read(told).map_err(|error| failed(Cause::of(error)))?;
        serde_json::from_slice(&told).map_err(|error| failed(Cause::of(error)))
    }

    fn file(&self, name: &str) -> Result<(PathBuf, File)> {
        let path = self.folder.join(name);
        let file = File::create(&path);
        file.map_err(|error| Error::output(&path, OutputStep::Create, error))
            .map(|file| (path.clone(), file))
    }
}

/// Runs a process to its end. `None` where a signal asks this one to end.
fn wait(mut command: Command) -> io::Result<Option<ExitStatus>> {
    let mut child = command.spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if stop::asked().is_some() {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(LOOK);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use newsfold::config::Settings;
    use tempfile::TempDir;

    use super::*;
    use crate::cli::bench::kept::Call;

    #[test]
    fn what_a_round_complains_of_is_told() {
        let folder = TempDir::new().unwrap();
        let told = |script: &str| {
            let file = folder.path().join("script");
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
            let program = Program { file, call: Call::now(Settings::default()) };
            let (asked, folder) = (Vec::new(), folder.path());
            let turns = Turns { old: &program, new: &program, asked, folder };
            turns.measure(|_, _, _| Ok(true)).unwrap_err().to_string()
        };
        assert_eq!(
            told("echo newsfold: it is so >&2; exit 2"),
            "--compare: this program: it is so"
        );
        assert!(told("kill -9 $$").contains("this program: signal: 9"));
        assert!(told("echo no figures").contains("this program: expected"));
    }
}
