//! Parts of a sweep: which failures a shard takes, what it writes down of each, and how shards become one again.
//!
//! In: cases, impacts. Out: [`Done`] lines, and by [`join`] the whole sweep. Law: who takes what depends on names only; joining gives the same in
//! any order of shards; shards of different inputs are refused. Files are the command line's business. Tests: below, `tests/shards.rs`.

use std::net::IpAddr;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::deeper::Deeper;
use super::sweep::{Case, Impact};
use crate::base::Map;
use crate::base::error::Error;
use crate::model::Network;
use crate::model::network::{Announced, Announcer};
use crate::questions::answer::{Answer, Table, Tone};

/// Version of the lines below.
const FORMAT: u32 = 1;

/// How much of a sweep to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    /// The most cases listed; `None` = all.
    pub cases: Option<usize>,
    /// The most lost pairs listed; `None` = all.
    pub pairs: Option<usize>,
}

/// The first line of a shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the form.
    pub nettwin_sweep: u32,
    /// A digest of the snapshot, the failures asked for and the program's version.
    pub inputs: String,
    /// Which part, from 1.
    pub shard: usize,
    /// Of how many.
    pub of: usize,
    /// How many failures the whole sweep starts from.
    pub units: usize,
    /// How much the answer shows.
    pub show: Show,
}

impl Header {
    /// The header of a shard.
    pub fn new(inputs: String, (shard, of): (usize, usize), units: usize, show: Show) -> Self {
        Self { nettwin_sweep: FORMAT, inputs, shard, of, units, show }
    }

    /// Whether two headers are of the same sweep.
    fn same_sweep(&self, other: &Self) -> bool {
        Self { shard: 0, ..self.clone() } == Self { shard: 0, ..other.clone() }
    }
}

/// What became of one failure of the list (and, in a deeper sweep, of those on top of it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// Its number in the list.
    pub unit: usize,
    /// How many combinations were run.
    pub tried: usize,
    /// How many more were proved to be the same as one that was run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub equivalent: usize,
    /// Those that cost something.
    pub harmful: Vec<Record>,
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// What a case that costs something costs, with names instead of ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The case.
    pub failure: String,
    /// Pairs that no longer arrive.
    pub lost: usize,
    /// Pairs of which some branches no longer arrive.
    pub partly: usize,
    /// Pairs left with one path.
    pub last_path: usize,
    /// Pairs with fewer paths.
    pub thinner: usize,
    /// Session ends that went down.
    pub sessions_lost: usize,
    /// The destinations lost, in words.
    pub destinations: String,
    /// The first of the pairs: from, to, fate.
    pub pairs: Vec<(String, String, String)>,
}

impl Record {
    /// The record of a case, if it costs anything; `pairs` at most of its pairs are kept.
    pub fn of(network: &Network, name: &str, impact: &Impact, pairs: Option<usize>) -> Option<Self> {
        if impact.weight() == (0, 0, 0, 0) && impact.sessions_lost == 0 {
            return None;
        }
        let all = impact.lost.iter().chain(&impact.partly);
        let kept = all.take(pairs.unwrap_or(usize::MAX));
        Some(Self {
            failure: name.to_owned(),
            lost: impact.lost.len(),
            partly: impact.partly.len(),
            last_path: impact.last_path,
            thinner: impact.thinner,
            sessions_lost: impact.sessions_lost,
            destinations: super::fail::destinations(impact),
            pairs: kept.map(|p| (network.node_name(p.from), p.to.to_string(), p.fate.words())).collect(),
        })
    }

    fn weight(&self) -> (usize, usize, usize, usize) {
        (self.lost, self.partly, self.last_path, self.thinner)
    }
}

impl Done {
    /// What became of a case that stands for itself.
    pub fn single(network: &Network, unit: usize, case: &Case, impact: &Impact, show: Show) -> Self {
        Self { unit, tried: 1, equivalent: 0, harmful: Record::of(network, &case.name, impact, show.pairs).into_iter().collect() }
    }

    /// What became of a case by itself and of all combinations that begin with it.
    pub fn combined(network: &Network, unit: usize, deeper: &Deeper<'_, '_>, show: Show) -> Self {
        let all = deeper.run(unit);
        let record = |(cases, impact): &(Vec<usize>, Impact)| Record::of(network, &deeper.name(cases), impact, show.pairs);
        Self { unit, tried: all.run.len(), equivalent: all.proved, harmful: all.run.iter().filter_map(record).collect() }
    }
}

/// Whether a shard takes a case: by a hash of its name that no release changes.
pub fn takes(name: &str, (shard, of): (usize, usize)) -> bool {
    let mut digest = Digest::default();
    digest.add(name.as_bytes());
    digest.mixed() % of.max(1) as u64 == shard as u64 - 1
}

/// A digest that is the same on every machine (FNV-1a, 128 bits).
#[derive(Debug, Clone, Copy)]
pub struct Digest(u128);

impl Default for Digest {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Digest {
    /// Takes in a piece; pieces do not run into each other.
    pub fn add(&mut self, bytes: &[u8]) {
        let length = (bytes.len() as u64).to_le_bytes();
        for b in length.iter().chain(bytes) {
            self.0 = (self.0 ^ u128::from(*b)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }
    /// 64 bits in which every byte bears on every bit (the low bits of FNV do not).
    fn mixed(self) -> u64 {
        let mut h = (self.0 >> 64) as u64 ^ self.0 as u64;
        for by in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53] {
            h = (h ^ (h >> 33)).wrapping_mul(by);
        }
        h ^ (h >> 33)
    }
    /// As text.
    pub fn text(self) -> String {
        format!("{:032x}", self.0)
    }
}

/// The digest of a network's files and of what is asked of it.
pub fn inputs(network: &Network, asked: &[String]) -> String {
    let mut digest = Digest::default();
    digest.add(env!("CARGO_PKG_VERSION").as_bytes());
    for file in &network.sources.files {
        digest.add(file.path.as_bytes());
        digest.add(file.text.as_bytes());
    }
    // Announcements may come from a file that is not text.
    let heard: Vec<Digest> = network.announcers.par_iter().map(heard).collect();
    heard.iter().for_each(|one| digest.add(&one.0.to_le_bytes()));
    for a in asked {
        digest.add(a.as_bytes());
    }
    digest.text()
}

/// The digest of what a neighbour outside sends.
fn heard(a: &Announcer) -> Digest {
    let mut digest = Digest::default();
    digest.add(format!("{:?} {:?} {} {}", a.device, a.vrf, a.peer, a.routes.len()).as_bytes());
    // Many routes share their attributes.
    let mut known: Map<*const Announced, [u8; 16]> = Map::default();
    for route in a.routes.iter() {
        let attrs = known.entry(Arc::as_ptr(&route.attrs)).or_insert_with(|| {
            let mut one = Digest::default();
            one.add(format!("{:?}", route.attrs).as_bytes());
            one.0.to_le_bytes()
        });
        digest.add(attrs);
        let address = match route.prefix.addr() {
            IpAddr::V4(a) => a.to_ipv6_mapped(),
            IpAddr::V6(a) => a,
        };
        digest.add(&address.octets());
        digest.add(&[route.prefix.prefix_len()]);
    }
    digest
}

/// Reads a shard's lines. A last line that is cut short (the run was stopped) is left out; gives the lines and the length of what is whole.
///
/// # Errors
/// When a line is not of the form.
pub fn read(path: &str, text: &str) -> Result<(Option<Header>, Vec<Done>, usize), Error> {
    let whole = text.rfind('\n').map_or(0, |n| n + 1);
    let wrong = |n: usize, e: &dyn std::fmt::Display| Error::Format { path: format!("{path}:{n}"), message: e.to_string() };
    let mut lines = text[..whole].lines().enumerate();
    let Some((_, first)) = lines.next() else { return Ok((None, Vec::new(), 0)) };
    let header: Header = serde_json::from_str(first).map_err(|e| wrong(1, &format!("not a shard of a sweep: {e}")))?;
    if header.nettwin_sweep != FORMAT {
        return Err(wrong(1, &format!("form {} of a sweep; this version reads {FORMAT}", header.nettwin_sweep)));
    }
    let mut done = Vec::new();
    for (n, line) in lines {
        let one: Done = serde_json::from_str(line).map_err(|e| wrong(n + 1, &e))?;
        done.push(one);
    }
    Ok((Some(header), done, whole))
}

/// Joins shards to the whole sweep.
///
/// # Errors
/// When they are of different sweeps, or some part is missing.
pub fn join(shards: Vec<(String, Header, Vec<Done>)>) -> Result<(Show, Vec<Done>), Error> {
    let Some((name, first, _)) = shards.first() else { return Err(Error::Usage("there are no shards to merge".to_owned())) };
    for (other, header, _) in &shards {
        if header.same_sweep(first) {
            continue;
        }
        let why = if header.inputs == first.inputs {
            "the sweep was cut or shown in another way"
        } else {
            "the inputs differ (snapshot, failures asked for, or version)"
        };
        return Err(Error::Usage(format!("`{name}` and `{other}` are of different sweeps: {why}")));
    }
    let (name, first) = (name.clone(), first.clone());
    let mut all: Vec<Option<Done>> = vec![None; first.units];
    for (file, _, list) in shards {
        for done in list {
            let Some(slot) = all.get_mut(done.unit) else {
                return Err(Error::Usage(format!("`{file}` holds failure {} of {}", done.unit, first.units)));
            };
            if slot.as_ref().is_some_and(|d| *d != done) {
                return Err(Error::Usage(format!("`{file}` and another shard disagree on failure {}", done.unit)));
            }
            *slot = Some(done);
        }
    }
    let missing = all.iter().filter(|d| d.is_none()).count();
    if missing > 0 {
        return Err(Error::Usage(format!(
            "{missing} of {} failures are missing: run the shards of 1/{of} to {of}/{of} to their end (`{name}` is one of them)",
            first.units,
            of = first.of
        )));
    }
    Ok((first.show, all.into_iter().flatten().collect()))
}

/// A share for people.
fn share(part: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64)
}

/// The answer of a sweep: what each failure costs, worst first.
pub fn answer(done: &[Done], show: Show) -> Answer {
    let mut harmful: Vec<&Record> = done.iter().flat_map(|d| &d.harmful).collect();
    harmful.sort_by(|a, b| b.weight().cmp(&a.weight()).then_with(|| a.failure.cmp(&b.failure)));
    let mut table = Table::new(
        "failures",
        "What each failure costs, worst first",
        &["failure", "lost", "partly_lost", "left_with_one_path", "fewer_paths", "sessions_lost", "no_longer_reached"],
    )
    .when_empty("no failure costs anything");
    for r in harmful.iter().take(show.cases.unwrap_or(usize::MAX)) {
        let tone = match r.weight() {
            (1.., ..) => Tone::Bad,
            (0, 1.., ..) | (0, 0, 1.., _) => Tone::Warn,
            _ => Tone::Plain,
        };
        let row = crate::cells![&*r.failure, r.lost, r.partly, r.last_path, r.thinner, r.sessions_lost, r.destinations.clone()];
        table.push(row).tone(tone);
    }
    let mut pairs = Table::new("pairs", "Who no longer reaches what", &["failure", "from", "to", "fate"]);
    let listed = harmful.iter().flat_map(|r| r.pairs.iter().map(move |p| (r, p)));
    for (r, (from, to, fate)) in listed.take(show.pairs.unwrap_or(usize::MAX)) {
        pairs.push(crate::cells![&*r.failure, from.clone(), to.clone(), fate.clone()]);
    }
    let all: usize = harmful.iter().map(|r| r.lost + r.partly).sum();
    let shown = pairs.rows.len();
    let mut answer = Answer { tables: vec![table, pairs], ..Answer::default() };
    let losing = harmful.iter().filter(|r| r.lost > 0).count();
    let (tried, equivalent): (usize, usize) = done.iter().fold((0, 0), |(t, e), d| (t + d.tried, e + d.equivalent));
    answer.notes.push(format!(
        "{} failures tried: {losing} lose reachability, {} only redundancy, {} change nothing that counts",
        tried,
        harmful.len() - losing,
        tried - harmful.len()
    ));
    if equivalent > 0 {
        answer.notes.push(format!(
            "{equivalent} of {} combinations ({}) were not run: one of their failures takes away only what nothing uses after the \
             others, so they do what those do by themselves",
            tried + equivalent,
            share(equivalent, tried + equivalent)
        ));
    }
    if shown < all {
        answer.notes.push(format!("{shown} of {all} lost pairs are shown: `--pairs all` lists them all"));
    }
    if harmful.len() > answer.tables[0].rows.len() {
        answer.notes.push(format!(
            "{} of {} failures are shown: `--top all` lists them all",
            answer.tables[0].rows.len(),
            harmful.len()
        ));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOW: Show = Show { cases: None, pairs: Some(1) };

    fn done(unit: usize) -> Done {
        let record = Record {
            failure: format!("link {unit}"),
            lost: unit,
            partly: 0,
            last_path: 0,
            thinner: 1,
            sessions_lost: 2,
            destinations: "10.0.0.0/24 (from 1)".to_owned(),
            pairs: vec![("r1".to_owned(), "10.0.0.0/24".to_owned(), "no route".to_owned())],
        };
        Done { unit, tried: 1, equivalent: 0, harmful: vec![record] }
    }

    fn shard(n: usize, inputs: &str, units: &[usize]) -> (String, Header, Vec<Done>) {
        let header = Header::new(inputs.to_owned(), (n, 2), 4, SHOW);
        (format!("shard-{n}"), header, units.iter().map(|u| done(*u)).collect())
    }

    #[test]
    fn a_name_goes_to_one_shard_and_always_the_same() {
        for n in 0..200 {
            let name = format!("link r{n}:e0 - r{}:e1", n + 1);
            assert_eq!((1..=7).filter(|s| takes(&name, (*s, 7))).count(), 1);
        }
        // Pinned: a sweep that goes on under another release must find its failures where they were.
        let of: Vec<usize> =
            ["node r1", "node r2", "link a:1 - b:2"].iter().map(|n| (1..=4).find(|s| takes(n, (*s, 4))).unwrap_or(0)).collect();
        assert_eq!(of, PINNED);
        let sizes: Vec<usize> = (1..=4).map(|s| (0..1000).filter(|n| takes(&format!("node r{n}"), (s, 4))).count()).collect();
        assert!(sizes.iter().all(|n| (200..300).contains(n)), "{sizes:?}");
    }
    const PINNED: [usize; 3] = [1, 1, 2];

    #[test]
    fn shards_join_in_any_order_and_only_if_all_are_there() {
        let (a, b) = (shard(1, "x", &[3, 0]), shard(2, "x", &[1, 2]));
        let one = join(vec![a.clone(), b.clone()]).unwrap();
        assert_eq!(one, join(vec![b.clone(), a.clone()]).unwrap());
        assert_eq!(one.1.iter().map(|d| d.unit).collect::<Vec<_>>(), [0, 1, 2, 3]);
        // The same shard twice (a worker that was thought dead) does no harm.
        assert_eq!(one, join(vec![a.clone(), b.clone(), a.clone()]).unwrap());
        let missing = join(vec![a.clone()]).unwrap_err().to_string();
        assert!(missing.starts_with("2 of 4 failures are missing"), "{missing}");
        let differ = join(vec![a, shard(2, "y", &[1, 2])]).unwrap_err().to_string();
        assert_eq!(
            differ,
            "`shard-1` and `shard-2` are of different sweeps: the inputs differ (snapshot, failures asked for, or version)"
        );
        let mut cut = b;
        cut.1.of = 3;
        assert!(join(vec![shard(1, "x", &[3, 0]), cut]).unwrap_err().to_string().ends_with("cut or shown in another way"));
    }

    #[test]
    fn a_line_cut_short_is_left_out() {
        let (_, header, list) = shard(1, "x", &[0, 3]);
        let mut text = serde_json::to_string(&header).unwrap() + "\n";
        for d in &list {
            text += &(serde_json::to_string(d).unwrap() + "\n");
        }
        let whole = read("s", &text).unwrap();
        assert_eq!((whole.0.as_ref(), &whole.1, whole.2), (Some(&header), &list, text.len()));
        for cut in 0..text.len() {
            let (h, done, length) = read("s", &text[..cut]).unwrap();
            assert_eq!(h.is_some(), length > 0);
            assert!(done.len() <= 1 && length <= cut);
        }
        let wrong = read("s", &(text + "{}\n")).unwrap_err().to_string();
        assert!(wrong.starts_with("s:4: "), "{wrong}");
        assert!(read("s", "hello\n").unwrap_err().to_string().contains("not a shard"));
    }
}
