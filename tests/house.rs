//! The house rules that the compiler does not check: the import law, the length of files, the peers' lock file.

use std::path::{Path, PathBuf};

/// Folders of `src/` in order: each may import only those before it (and itself).
const ORDER: &[&str] = &[
    "base",
    "model",
    "syntax",
    "vendors",
    "load",
    "topology",
    "rib",
    "protocols",
    "engine",
    "forward",
    "state",
    "questions",
    "whatif",
    "gate",
    "report",
    "cli",
];
/// What analysis may not name though it stands above: it must run on networks built by hand.
const INPUT_SIDE: &[&str] = &["syntax", "vendors", "load"];
const LONGEST: usize = 800;

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if folder.is_dir() {
        sources(&folder, &mut out);
    }
    out.sort();
    out
}

#[test]
fn a_folder_imports_only_folders_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for path in rust_files("src") {
        let below = path.strip_prefix(&root).unwrap();
        let own = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let Some(own_rank) = ORDER.iter().position(|f| *f == own) else { continue };
        for (n, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for part in line.split("crate::").skip(1) {
                let named: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(rank) = ORDER.iter().position(|f| *f == named) else { continue };
                let blind = own_rank >= 5 && own != "cli" && INPUT_SIDE.contains(&named.as_str());
                if rank > own_rank || blind {
                    wrong.push(format!("{}:{}: `{own}` may not import `{named}`", path.display(), n + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_one_subject_needs() {
    let mut wrong = Vec::new();
    for path in ["src", "tests", "benches"].iter().flat_map(|f| rust_files(f)) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        if lines > LONGEST {
            wrong.push(format!("{}: {lines} lines, at most {LONGEST}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `benches/peers` is a package of its own, built only for a benchmark: its lock file must not fall behind.
#[test]
fn the_peers_lock_names_what_the_project_depends_on() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let manifest = read("Cargo.toml");
    let table = manifest.lines().skip_while(|l| *l != "[dependencies]").skip(1).take_while(|l| !l.starts_with('['));
    let mut wanted: Vec<&str> =
        table.filter(|l| !l.contains("optional = true")).filter_map(|l| Some(l.split_once(" = ")?.0)).collect();
    let lock = read("benches/peers/Cargo.lock");
    let package = lock.split("\n\n").find(|p| p.contains("name = \"nettwin\"\n")).unwrap();
    let listed = package.lines().filter_map(|l| l.trim().strip_prefix('"'));
    let mut locked: Vec<&str> = listed.filter_map(|l| l.split([' ', '"']).next()).collect();
    wanted.sort_unstable();
    locked.sort_unstable();
    assert_eq!(locked, wanted, "run `cargo update --workspace` in benches/peers");
}
