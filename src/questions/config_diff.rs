//! Which config lines a change touches.
//!
//! In: two networks. Out: [`Hunk`]s, per device and file. Law: text only: what the lines *do* is `diff`'s and the gate's business.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::base::span::{FileId, Origin};
use crate::model::Network;

/// Lines that were replaced, added or removed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The device.
    pub device: String,
    /// The file's path below the snapshot.
    pub path: String,
    /// The file in the base; `None` if it is new.
    pub base: Option<FileId>,
    /// The file in the candidate; `None` if it is gone.
    pub candidate: Option<FileId>,
    /// The first line in the base (from 1), and the lines taken out there.
    pub base_line: u32,
    /// See above.
    pub removed: Vec<String>,
    /// The first line in the candidate (from 1), and the lines put in there.
    pub candidate_line: u32,
    /// See above.
    pub added: Vec<String>,
}

impl Hunk {
    /// Where to point: the first added line in the candidate, or the line after the removed ones.
    pub fn origin(&self) -> Origin {
        match self.candidate {
            Some(file) => Origin { file, line: self.candidate_line.max(1) },
            None => Origin::NONE,
        }
    }
}

/// All differences between the configs of two networks, by device and line.
pub fn hunks(base: &Network, candidate: &Network) -> Vec<Hunk> {
    let mut out = Vec::new();
    let mut names: Vec<&str> = base.devices.iter().chain(&candidate.devices).map(|d| &*d.name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let files = |network: &Network| -> Vec<FileId> {
            network.find_device(name).map_or_else(Vec::new, |d| network.devices[d].files.clone())
        };
        let path = |network: &Network, f: FileId| network.sources.files.get(f).map_or(String::new(), |f| f.path.clone());
        let (before, after) = (files(base), files(candidate));
        let single = before.len() == 1 && after.len() == 1;
        let mut paired = Vec::new();
        for &b in &before {
            let same = after.iter().copied().find(|&c| single || path(candidate, c) == path(base, b));
            paired.extend(same);
            compare(name, base, Some(b), candidate, same, &mut out);
        }
        for &c in after.iter().filter(|c| !paired.contains(c)) {
            compare(name, base, None, candidate, Some(c), &mut out);
        }
    }
    out
}

fn compare(
    device: &str,
    base: &Network,
    before: Option<FileId>,
    candidate: &Network,
    after: Option<FileId>,
    out: &mut Vec<Hunk>,
) {
    let file = |network: &'_ Network, id: Option<FileId>| {
        id.and_then(|f| network.sources.files.get(f)).map(|f| (f.path.clone(), f.text.clone()))
    };
    let (old, new) = (file(base, before), file(candidate, after));
    let path = new.as_ref().or(old.as_ref()).map_or(String::new(), |f| f.0.clone());
    let (old, new) = (old.map_or(String::new(), |f| f.1), new.map_or(String::new(), |f| f.1));
    if old == new {
        return;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (was, is) = (op.old_range(), op.new_range());
        let lines =
            |all: &[&str], range: std::ops::Range<usize>| all.get(range).unwrap_or(&[]).iter().map(|l| (*l).to_owned()).collect();
        out.push(Hunk {
            device: device.to_owned(),
            path: path.clone(),
            base: before,
            candidate: after,
            base_line: was.start as u32 + 1,
            removed: lines(&old, was),
            candidate_line: is.start as u32 + 1,
            added: lines(&new, is),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::{SourceFile, SourceMap};
    use crate::model::Device;

    fn network(text: &str) -> Network {
        let sources = SourceMap { files: [SourceFile::new("configs/r1.cfg".into(), text.into())].into_iter().collect() };
        Network::new(vec![Device { name: "r1".into(), files: vec![FileId(0)], ..Device::default() }], sources)
    }

    #[test]
    fn finds_changed_lines() {
        let hunks = hunks(&network("a\nb\nc\nd\n"), &network("a\nB\nc\nd\ne\n"));
        assert_eq!(hunks.len(), 2);
        assert_eq!(
            (hunks[0].candidate_line, &*hunks[0].removed, &*hunks[0].added),
            (2, &["b".to_owned()][..], &["B".to_owned()][..])
        );
        assert_eq!((hunks[1].base_line, hunks[1].candidate_line, hunks[1].added.len()), (5, 5, 1));
        assert!(super::hunks(&network("a\n"), &network("a\n")).is_empty());
    }
}
