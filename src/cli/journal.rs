//! A shard of a sweep on disk: a line a failure, written as it is done, so that a run that was stopped goes on where it was.
//!
//! In: a folder, a header. Out: what is done already, and an open [`Journal`]. Law: one run writes a shard at a time; a line cut short by the
//! end of a run is written anew.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::Error;
use crate::whatif::shard::{self, Done, Header};

/// An open shard.
pub(super) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

impl Journal {
    /// Opens or makes the file of a shard; gives what it holds already.
    pub(super) fn open(folder: &Path, header: &Header) -> Result<(Self, Vec<Done>), Error> {
        std::fs::create_dir_all(folder).map_err(|e| Error::Write { path: folder.display().to_string(), source: e })?;
        let path = folder.join(format!("shard-{}-of-{}.jsonl", header.shard, header.of));
        let shown = path.display().to_string();
        let wrote = |e| Error::Write { path: shown.clone(), source: e };
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(wrote)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Usage(format!("`{shown}` is being written by another run")));
            }
            // Some network file systems have no locks: then the scheduler must see to it.
            Err(TryLockError::Error(_)) => {}
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|e| Error::Read { path: shown.clone(), source: e })?;
        let (known, done, whole) = shard::read(&shown, &text)?;
        if known.as_ref().is_some_and(|k| k != header) {
            return Err(Error::Usage(format!(
                "`{shown}` is of another sweep (other inputs, failures or flags): name another folder with --out"
            )));
        }
        file.set_len(whole as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(wrote)?;
        let journal = Self { path, file: Mutex::new(file) };
        if known.is_none() {
            journal.line(header)?;
        }
        Ok((journal, done))
    }

    /// Where it stands.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down that a failure is done.
    pub(super) fn line(&self, what: &impl Serialize) -> Result<(), Error> {
        let wrote = |e| Error::Write { path: self.path.display().to_string(), source: e };
        let mut line = serde_json::to_vec(what).map_err(|e| wrote(e.into()))?;
        line.push(b'\n');
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line).map_err(wrote)
    }
}
