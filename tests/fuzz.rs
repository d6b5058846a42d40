//! Fuzz targets: no front end panics, hangs or loses a line, whatever the bytes.
//!
//! Under `cargo test` each runs a short while on random input. For a long, coverage-guided run:
//! `cargo install cargo-bolero && cargo bolero test --test fuzz ios_statements`.

use std::sync::OnceLock;

use bolero::check;
use nettwin::base::span::FileId;
use nettwin::vendors::{ConfigFile, VENDORS, Vendor, read_device, recognise};

fn vendor(os: &str) -> &'static dyn Vendor {
    *VENDORS.iter().find(|v| v.os() == os).unwrap()
}

/// Reads a text as one device's config; every line must have got exactly one class.
fn read(vendor: &dyn Vendor, text: &str) {
    let file = ConfigFile { id: FileId(0), name: "frr.conf", text };
    let reading = read_device(vendor, "fuzz", &[file]);
    let lines = text.split('\n').count() - usize::from(text.is_empty() || text.ends_with('\n'));
    let (_, classes) = &reading.report.classes[0];
    assert_eq!(classes.len(), lines, "every line has a class");
}

/// The words and lines of the sample configs: random bytes alone seldom get past the first word of a statement.
fn dictionary() -> &'static [String] {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = Vec::new();
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(text) = std::fs::read_to_string(&path) {
                    words.extend(text.lines().map(str::to_owned));
                    words.extend(text.split_whitespace().map(str::to_owned));
                }
            }
        }
        words.extend(
            [
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
            ]
            .map(str::to_owned),
        );
        words.sort();
        words.dedup();
        words
    })
}

/// A text of dictionary lines and words, glued as the numbers say.
fn statements(plan: &[(u16, u8)]) -> String {
    let words = dictionary();
    let mut text = String::new();
    for &(word, glue) in plan {
        text.push_str(&words[usize::from(word) % words.len()]);
        text.push_str(
            ["\n", "\n ", "\n  ", "\n   ", " ", " ", "\n!\n", ";\n", " {\n", "}\n", "\nset ", "\r\n"][usize::from(glue) % 12],
        );
    }
    text
}

macro_rules! targets {
    ($($bytes:ident $statements:ident $os:literal;)*) => {$(
        #[test]
        fn $bytes() {
            check!().with_iterations(500).with_type::<Vec<u8>>().for_each(|bytes| read(vendor($os), &String::from_utf8_lossy(bytes)));
        }
        #[test]
        fn $statements() {
            check!().with_iterations(500).with_type::<Vec<(u16, u8)>>().for_each(|plan| read(vendor($os), &statements(plan)));
        }
    )*};
}

targets! {
    eos_bytes eos_statements "arista_eos";
    frr_bytes frr_statements "frr";
    host_bytes host_statements "host";
    ios_bytes ios_statements "cisco_ios";
    iosxr_bytes iosxr_statements "cisco_iosxr";
    junos_bytes junos_statements "juniper_junos";
    nxos_bytes nxos_statements "cisco_nxos";
    sros_bytes sros_statements "nokia_sros";
    srlinux_bytes srlinux_statements "nokia_srlinux";
}

#[test]
fn recognition_takes_any_text() {
    check!().with_iterations(500).with_type::<Vec<u8>>().for_each(|bytes| {
        recognise(&String::from_utf8_lossy(bytes));
    });
}
