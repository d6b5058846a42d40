//! Fuzz targets: no front end panics, hangs or loses a line, whatever the bytes.
//!
//! Under `cargo test` each runs a short while on random input. For a long run, with a time in seconds for each front end:
//! `NETTWIN_FUZZ_SECONDS=600 cargo test --release --test fuzz`. It also checks that no input takes longer than [`SLOWEST`] and that
//! the whole run stays below [`MEMORY`]. Real configs are edited where there are some (`support::labs_folder`), else the samples only.
//! For a coverage-guided run: `cargo install cargo-bolero && cargo bolero test --test fuzz ios_statements`.

mod support;

use std::path::{Path, PathBuf};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

use bolero::check;
use nettwin::base::span::FileId;
use nettwin::vendors::{ConfigFile, VENDORS, Vendor, read_device, recognise};

/// In a long run: the longest time that one text may take.
const SLOWEST: Duration = Duration::from_secs(10);
/// In a long run: the most memory that all targets together may take, in KiB.
const MEMORY: u64 = 1024 * 1024;

/// How long each front end is to be fuzzed, if the run is a long one.
static LONG_RUN: LazyLock<Option<Duration>> = LazyLock::new(|| {
    let seconds = std::env::var("NETTWIN_FUZZ_SECONDS").ok()?;
    Some(Duration::from_secs(seconds.parse().expect("NETTWIN_FUZZ_SECONDS is a number of seconds")))
});

/// The most memory this process has held so far, in KiB; `None` where the system does not say.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}

fn vendor(os: &str) -> &'static dyn Vendor {
    *VENDORS.iter().find(|v| v.os() == os).unwrap()
}

/// Reads a text as one device's config; every line must have got exactly one class.
fn read(vendor: &dyn Vendor, text: &str) {
    let started = Instant::now();
    let file = ConfigFile { id: FileId(0), name: "frr.conf", text };
    let reading = read_device(vendor, "fuzz", &[file]);
    if LONG_RUN.is_some() {
        assert!(started.elapsed() < SLOWEST, "took {:?}", started.elapsed());
    }
    let lines = text.split('\n').count() - usize::from(text.is_empty() || text.ends_with('\n'));
    let (_, classes) = &reading.report.classes[0];
    assert_eq!(classes.len(), lines, "every line has a class");
}

/// The texts of the sample configs, and of real ones where there are some.
fn configs() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies")];
        folders.extend(support::labs_folder());
        let mut files: Vec<PathBuf> = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()) {
                match path.is_dir() {
                    true if path.ends_with("show") => {}
                    true => folders.push(path),
                    false => files.push(path),
                }
            }
        }
        files.sort();
        let short = |text: &String| text.len() < 64 * 1024;
        files.iter().filter_map(|f| std::fs::read_to_string(f).ok()).filter(short).collect()
    })
}

/// The configs of one OS: those that are recognised as it, or all if none is.
fn configs_of(os: &str) -> Vec<&'static str> {
    let of = |text: &&String| recognise(text).is_some_and(|(v, _)| v.os() == os);
    let own: Vec<&str> = configs().iter().filter(of).map(String::as_str).collect();
    if own.is_empty() { configs().iter().map(String::as_str).collect() } else { own }
}

/// Words that break things.
const SHARP: [&str; 22] = [
    "{",
    "}",
    ";",
    "[",
    "]",
    "\"",
    "!",
    "exit",
    "exit all",
    "configure",
    "configure {",
    "/configure",
    "delete",
    "apply-groups",
    "no",
    "set",
    "4294967296",
    "-1",
    "300.1.1.1/40",
    "::/129",
    "\u{e9}\u{1f9ff}",
    "",
];

/// The words and lines of some texts: random bytes alone seldom get past the first word of a statement.
fn dictionary(texts: &[&'static str]) -> Vec<&'static str> {
    let lines = texts.iter().flat_map(|t| t.lines());
    let words = texts.iter().flat_map(|t| t.split_whitespace());
    let mut all: Vec<&str> = lines.chain(words).chain(SHARP).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A text of dictionary lines and words, glued as the numbers say.
fn statements(words: &[&str], plan: &[(u16, u8)]) -> String {
    let mut text = String::new();
    for &(word, glue) in plan {
        text.push_str(words[usize::from(word) % words.len()]);
        text.push_str(
            ["\n", "\n ", "\n  ", "\n   ", " ", " ", "\n!\n", ";\n", " {\n", "}\n", "\nset ", "\r\n"][usize::from(glue) % 12],
        );
    }
    text
}

/// A change to a text: at which line, which word or line of the dictionary, and what.
type Edit = (u16, u16, u8);

/// A config, edited here and there.
fn edited(text: &str, words: &[&str], edits: &[Edit]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for &(at, word, what) in edits {
        if lines.is_empty() {
            break;
        }
        let at = usize::from(at) % lines.len();
        let word = words[usize::from(word) % words.len()];
        let line = &mut lines[at];
        match what % 8 {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, word.to_owned()),
            2 => line.push_str(word),
            3 => line.insert(0, ' '),
            4 => *line = line.trim_start().to_owned(),
            5 => {
                let cut = line.floor_char_boundary(usize::from(what) % (line.len() + 1));
                line.truncate(cut);
            }
            6 => {
                let mut all: Vec<&str> = line.split(' ').collect();
                let n = usize::from(what) % all.len();
                all[n] = word;
                *line = all.join(" ");
            }
            _ => {
                let again = line.clone();
                lines.push(again);
            }
        }
    }
    lines.join("\n")
}

/// Runs a target: 500 inputs, or its third of a front end's time.
macro_rules! fuzz {
    ($input:ty, $run:expr) => {{
        let target = check!().with_type::<$input>();
        match *LONG_RUN {
            None => target.with_iterations(500).for_each($run),
            Some(time) => {
                target.with_iterations(usize::MAX).with_test_time(time / 3).for_each($run);
                assert!(peak_memory().is_none_or(|m| m < MEMORY), "{:?} KiB", peak_memory());
            }
        }
    }};
}

macro_rules! targets {
    ($($bytes:ident $statements:ident $edited:ident $os:literal;)*) => {$(
        #[test]
        fn $bytes() {
            fuzz!(Vec<u8>, |bytes: &Vec<u8>| read(vendor($os), &String::from_utf8_lossy(bytes)));
        }
        #[test]
        fn $statements() {
            let words = dictionary(&configs_of($os));
            fuzz!(Vec<(u16, u8)>, |plan: &Vec<(u16, u8)>| read(vendor($os), &statements(&words, plan)));
        }
        #[test]
        fn $edited() {
            let texts = configs_of($os);
            let words = dictionary(&texts);
            fuzz!((u16, Vec<Edit>), |(n, edits): &(u16, Vec<Edit>)| {
                read(vendor($os), &edited(texts[usize::from(*n) % texts.len()], &words, edits));
            });
        }
    )*};
}

targets! {
    eos_bytes eos_statements eos_edited "arista_eos";
    frr_bytes frr_statements frr_edited "frr";
    host_bytes host_statements host_edited "host";
    ios_bytes ios_statements ios_edited "cisco_ios";
    iosxr_bytes iosxr_statements iosxr_edited "cisco_iosxr";
    junos_bytes junos_statements junos_edited "juniper_junos";
    nxos_bytes nxos_statements nxos_edited "cisco_nxos";
    sros_bytes sros_statements sros_edited "nokia_sros";
    srlinux_bytes srlinux_statements srlinux_edited "nokia_srlinux";
}

#[test]
fn recognition_takes_any_text() {
    fuzz!(Vec<u8>, |bytes: &Vec<u8>| {
        recognise(&String::from_utf8_lossy(bytes));
    });
}
