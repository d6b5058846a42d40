//! Long output, made by all threads and written in order.
//!
//! In: things, and how each is written. Out: bytes. Law: the same bytes as one thread gives; never more of it in memory than what a few thousand
//! things make. Tests: below.

use std::io::{self, Write};

use rayon::prelude::*;

/// So many things are looked at before any of their text is written: enough for all threads, and soon gone.
const AT_ONCE: usize = 1 << 14;
/// So many are one thread's at a time.
const PIECE: usize = 256;

/// Writes the texts of some things, with a separator between any two that are not empty. `text` appends one to what it is given.
///
/// # Errors
/// When the writer fails, or `text` does.
pub fn write_joined<T: Send + Sync>(
    out: &mut dyn Write,
    separator: &str,
    things: impl Iterator<Item = T>,
    text: impl Fn(&T, &mut Vec<u8>) -> io::Result<()> + Sync,
) -> io::Result<()> {
    let piece = |things: &[T]| -> io::Result<Vec<u8>> {
        let mut made = Vec::new();
        for thing in things {
            let from = made.len();
            made.extend_from_slice(separator.as_bytes());
            let empty = made.len();
            text(thing, &mut made)?;
            if made.len() == empty {
                made.truncate(from);
            }
        }
        Ok(made)
    };
    let (mut things, mut first) = (things.fuse(), true);
    let mut some: Vec<T> = Vec::new();
    loop {
        some.clear();
        some.extend(things.by_ref().take(AT_ONCE));
        if some.is_empty() {
            return Ok(());
        }
        let pieces: Vec<Vec<u8>> = some.par_chunks(PIECE).map(piece).collect::<io::Result<_>>()?;
        for made in pieces.iter().filter(|p| !p.is_empty()) {
            let before = if std::mem::take(&mut first) { separator.len() } else { 0 };
            out.write_all(&made[before..])?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(separator: &str, things: std::ops::Range<usize>) -> String {
        let mut out = Vec::new();
        let text = |n: &usize, out: &mut Vec<u8>| if n.is_multiple_of(3) { Ok(()) } else { write!(out, "{n}") };
        write_joined(&mut out, separator, things, text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn order_stays_and_nothing_stands_between_what_is_empty() {
        assert_eq!(written(", ", 0..8), "1, 2, 4, 5, 7");
        assert_eq!((written(", ", 0..1), written(", ", 0..0)), (String::new(), String::new()));
        let many = 2 * AT_ONCE + 5;
        let one_by_one: Vec<String> = (0..many).filter(|n| !n.is_multiple_of(3)).map(|n| n.to_string()).collect();
        assert_eq!(written("\n", 0..many), one_by_one.join("\n"));
    }

    #[test]
    fn a_failure_ends_it() {
        let refuse = |_: &u32, _: &mut Vec<u8>| Err(io::Error::other("no"));
        assert!(write_joined(&mut Vec::new(), "", [1].into_iter(), refuse).is_err());
    }
}
