//! `nettwin merge`

use std::path::PathBuf;

use super::context::Context;
use super::{Error, Outcome};
use crate::whatif::shard;

const EXAMPLES: &str = "\
The answer is the same, byte for byte, as that of one `nettwin fail` with the same flags. Shards of different inputs are refused.

Examples:
  nettwin fail net/ --shard 1/2 --out sweep/ && nettwin fail net/ --shard 2/2 --out sweep/
  nettwin merge sweep/
  nettwin merge here/shard-1-of-2.jsonl there/shard-2-of-2.jsonl --format json";

/// Flags of `nettwin merge`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folders of shards, or single shards, in any order
    #[arg(required = true)]
    shards: Vec<PathBuf>,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, Error> {
    let mut files = Vec::new();
    for path in args.shards {
        let read = |e| Error::Read { path: path.display().to_string(), source: e };
        if !path.is_dir() {
            files.push(path);
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(read)? {
            let file = entry.map_err(read)?.path();
            if file.extension().is_some_and(|e| e == "jsonl") {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            return Err(Error::Usage(format!("`{}` holds no shards (`shard-1-of-4.jsonl`)", path.display())));
        }
        files.extend(inside);
    }
    files.sort();
    let mut shards = Vec::new();
    for file in files {
        let shown = file.display().to_string();
        let text = std::fs::read_to_string(&file).map_err(|e| Error::Read { path: shown.clone(), source: e })?;
        let (header, done, _) = shard::read(&shown, &text)?;
        let header = header.ok_or_else(|| Error::Format { path: shown.clone(), message: "the shard is empty".to_owned() })?;
        shards.push((shown, header, done));
    }
    let (show, done) = shard::join(shards)?;
    context.answer(&shard::answer(&done, show))?;
    Ok(Outcome::Pass)
}
