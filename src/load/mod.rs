//! Files on disk to a network: the only reader of files.
//!
//! In: a snapshot folder. Out: [`Snapshot`]. Law: one file = one task under rayon; results are joined in sorted order, so that
//! the number of threads shows nowhere. Start reading at [`load`].

mod announcements;
pub mod coverage;
pub mod demands;
mod extras;
mod folder;
mod heard;
mod layer1;
pub mod mrt;
mod names;
pub mod reread;
pub mod state;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::diag::Diagnostic;
use crate::base::error::Error;
use crate::base::id::IdVec;
use crate::base::span::{FileId, SourceFile};
use crate::model::{Device, Network};
use crate::vendors::sink::ReadReport;

/// A snapshot as loaded.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The network.
    pub network: Network,
    /// What reading each device gave, in the order of `network.devices`.
    pub reports: Vec<ReadReport>,
    /// What there is to say about the folder itself: files of no known OS, a bad layer-1 file, names that occur twice.
    pub diagnostics: Vec<Diagnostic>,
    /// How long reading took.
    pub took: Duration,
    /// What a file of announcements said, for other snapshots with the same file.
    heard: Option<Arc<heard::Heard>>,
}

/// Loads a snapshot folder (`configs/` and the optional files of `docs/` "Snapshot"). A single config file is a snapshot
/// of one device.
///
/// # Errors
/// When the folder cannot be read or holds no configs at all, or one of the optional files is not what it should be.
pub fn load(path: &Path) -> Result<Snapshot, Error> {
    let mut snapshot = folder::load(&[path])?;
    beside(&[path], &mut snapshot, None)?;
    Ok(snapshot)
}

/// Loads a snapshot and a candidate for it, with the same numbers for the same devices, tables and ports ([`align`](crate::model::align)).
/// `is_change`: the candidate is laid over the snapshot: devices and optional files that it has take the place of the base's. So a change
/// needs to hold only what it changes; a device cannot be removed this way.
///
/// # Errors
/// As [`load`], of the base first.
pub fn load_pair(base: &Path, candidate: &Path, is_change: bool) -> Result<(Snapshot, Snapshot), Error> {
    let both = [base, candidate];
    let layers = if is_change { &both[..] } else { &both[1..] };
    let (mut was, mut is) = (folder::load(&[base])?, folder::load(layers)?);
    align(&mut was, &mut is);
    beside(&[base], &mut was, None)?;
    beside(layers, &mut is, Some(&was))?;
    Ok((was, is))
}

/// Before anything speaks of devices by number.
fn align(was: &mut Snapshot, is: &mut Snapshot) {
    let [mut a, mut b] = [&mut *was, &mut *is].map(|s| std::mem::take(&mut s.network.devices).into_vec());
    crate::model::align::align(&mut a, &mut b);
    for (snapshot, devices) in [(was, a), (is, b)] {
        let mut reports = std::mem::take(&mut snapshot.reports).into_iter();
        let report = |d: &Device| if d.absent { ReadReport::default() } else { reports.next().unwrap_or_default() };
        snapshot.reports = devices.iter().map(report).collect();
        snapshot.network.devices = IdVec::from_vec(devices);
        snapshot.network.number_nodes();
    }
}

/// Reads the optional files beside `configs/`; of several layers the last that has a file gives it.
fn beside(layers: &[&Path], snapshot: &mut Snapshot, known: Option<&Snapshot>) -> Result<(), Error> {
    let folders: Vec<&Path> = layers.iter().rev().copied().filter(|p| p.is_dir()).collect();
    let folders = &folders[..];
    let started = Instant::now();
    let network = &mut snapshot.network;
    if let Some((id, file)) = optional(folders, &["layer1_topology.json", "batfish/layer1_topology.json"], network)? {
        let (cables, said) = layer1::read(network, id, &file, &snapshot.diagnostics)?;
        network.layer1 = Some(cables);
        snapshot.diagnostics.extend(said);
    }
    let names = ["external_announcements.json", "external_bgp_announcements.json"];
    if let Some((id, file)) = optional(folders, &names, network)? {
        let (routes, said) = announcements::read(network, id, &file)?;
        routes.into_iter().for_each(|((device, vrf, peer), route)| network.announce(device, vrf, peer, vec![route]));
        snapshot.diagnostics.extend(said);
    }
    if let Some((_, path)) = first(folders, &["external_announcements.mrt"]) {
        let heard = heard::read(network, &path, known.and_then(|k| k.heard.as_ref()))?;
        heard.announcers.iter().for_each(|a| network.announce_all(a.clone()));
        snapshot.diagnostics.extend(heard.diagnostics.iter().cloned());
        snapshot.heard = Some(heard);
    }
    if let Some((_, file)) = optional(folders, &["nettwin.yaml", "nettwin.yml"], network)? {
        network.extras = extras::read(network, &file)?;
    }
    let names = ["demands.csv", "demands.demands", "demands.txt", "demands.xml"];
    if let Some((_, path)) = first(folders, &names) {
        network.demands = demands::read(&path, network)?;
    }
    snapshot.took += started.elapsed();
    Ok(())
}

/// The first of some files that exists, put among the sources so that diagnostics can point into it.
fn optional(folders: &[&Path], names: &[&str], network: &mut Network) -> Result<Option<(FileId, SourceFile)>, Error> {
    let Some((name, path)) = first(folders, names) else { return Ok(None) };
    let file = SourceFile::new(name.to_owned(), text(&path)?);
    Ok(Some((network.sources.files.push(file.clone()), file)))
}

/// The first of some files that exists in the first of some folders that has one.
fn first<'n>(folders: &[&Path], names: &[&'n str]) -> Option<(&'n str, std::path::PathBuf)> {
    folders.iter().flat_map(|folder| names.iter().map(|n| (*n, folder.join(n)))).find(|(_, p)| p.is_file())
}

/// A file's text: UTF-8, or UTF-16 as collecting tools on Windows write it; what is invalid is replaced.
fn text(path: &Path) -> Result<String, Error> {
    let bytes = std::fs::read(path).map_err(|e| Error::Read { path: path.display().to_string(), source: e })?;
    Ok(decoded(bytes))
}

fn decoded(bytes: Vec<u8>) -> String {
    // Without a mark, the zero byte of a first Latin letter tells the order.
    let wide: Option<fn([u8; 2]) -> u16> = match bytes.get(..2) {
        Some([0xff, 0xfe] | [1..=255, 0]) => Some(u16::from_le_bytes),
        Some([0xfe, 0xff] | [0, 1..=255]) => Some(u16::from_be_bytes),
        _ => None,
    };
    if let Some(unit) = wide {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        return text.filter(|c| *c != '\u{feff}').collect();
    }
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// Reads a JSON file; an error says the line and column.
fn json<T: serde::de::DeserializeOwned>(file: &SourceFile) -> Result<T, Error> {
    serde_json::from_str(&file.text).map_err(|e| {
        let message = e.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(m, _)| m).to_owned();
        Error::Format { path: format!("{}:{}:{}", file.path, e.line(), e.column()), message }
    })
}

/// The lines on which a text occurs, one entry an occurrence.
fn places(file: &SourceFile, what: &str) -> Vec<u32> {
    file.text.lines().zip(1u32..).flat_map(|(l, n)| l.matches(what).map(move |_| n)).collect()
}

/// Reads a traffic matrix: CSV, REPETITA or SNDlib.
///
/// # Errors
/// When the file cannot be read or is of none of these forms.
pub fn demands(path: &Path, network: &Network) -> Result<Vec<crate::model::extras::TrafficDemand>, Error> {
    demands::read(path, network)
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        let text = "hostname é\n!\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [&[0xff, 0xfe], le.as_slice()].concat();
        assert_eq!([decoded(le), decoded(be), decoded(marked), decoded(text.into())], [text; 4]);
        assert_eq!(decoded(b"a\xff\n".to_vec()), "a\u{fffd}\n");
    }
}
