//! Tables of paths as text: columns under `Network`, `Next Hop`, `Metric`, `LocPrf`, `Weight`, `Path`.
//!
//! Law: numbers belong to the heading above whose end they end; long prefixes and addresses may push the rest to the next line.

use super::Collected;
use super::tables::{self, Path};

/// What a form of the table leaves blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blank {
    pub med: Option<u64>,
    pub local_pref: Option<u64>,
    /// The device prints no local preference worth comparing.
    pub no_local_pref: bool,
    /// Members of the multipath set count as best beside the one that is.
    pub multipath_is_best: bool,
}

/// The columns of one table, and the row being read.
#[derive(Debug, Default)]
pub(super) struct PathTable {
    network: usize,
    hop: usize,
    /// Where the headings of metric, local preference and weight end.
    ends: [usize; 3],
    prefix: String,
    pending: Option<(String, Option<String>)>,
    on: bool,
}

impl PathTable {
    /// Reads a line: true if it was part of a table.
    pub fn line(&mut self, line: &str, vrf: Option<&str>, blank: Blank, out: &mut Collected) -> bool {
        if let Some(head) = heading(line) {
            *self = head;
            return true;
        }
        if !self.on {
            return false;
        }
        if line.trim().is_empty() {
            return false;
        }
        if let Some((status, hop)) = self.pending.take() {
            // The rest of a row whose prefix, or whose next hop, did not fit.
            let (first, after) = first_word(line);
            if hop.is_none() && first.parse::<std::net::IpAddr>().is_ok() {
                if line[after..].trim().is_empty() {
                    self.pending = Some((status, Some(first.to_owned())));
                } else {
                    self.numbers(line, after, &status, first, vrf, blank, out);
                }
                return true;
            }
            if let Some(hop) = hop {
                self.numbers(line, 0, &status, &hop, vrf, blank, out);
                return true;
            }
        }
        let Some(status) = line.get(..self.network.min(line.len())) else { return false };
        if !status.chars().all(|c| c.is_ascii_alphabetic() || " *>=#|&-".contains(c))
            || (status.len() < line.len() && status.trim().len() > 5)
        {
            self.on = !line.starts_with(|c: char| c.is_ascii_alphabetic() && c != 's' && c != 'r');
            return false;
        }
        let status = status.to_owned();
        let rest = &line[status.len()..];
        let start = status.len() + (rest.len() - rest.trim_start().len());
        let (first, after) = first_word_at(line, start);
        if start + 3 < self.hop {
            let Some(prefix) = tables::prefix(first, None) else { return false };
            self.prefix = prefix;
            let rest = &line[after..];
            if rest.trim().is_empty() {
                self.pending = Some((status, None));
                return true;
            }
            let begin = after + (rest.len() - rest.trim_start().len());
            let (hop, after) = first_word_at(line, begin);
            self.hop_and_numbers(line, hop, after, status, vrf, blank, out);
        } else {
            self.hop_and_numbers(line, first, after, status, vrf, blank, out);
        }
        true
    }

    #[expect(clippy::too_many_arguments, reason = "a row in pieces")]
    fn hop_and_numbers(
        &mut self,
        line: &str,
        hop: &str,
        after: usize,
        status: String,
        vrf: Option<&str>,
        blank: Blank,
        out: &mut Collected,
    ) {
        if line[after..].trim().is_empty() {
            self.pending = Some((status, Some(hop.to_owned())));
        } else {
            self.numbers(line, after, &status, hop, vrf, blank, out);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a row in pieces")]
    fn numbers(
        &mut self,
        line: &str,
        from: usize,
        status: &str,
        hop: &str,
        vrf: Option<&str>,
        blank: Blank,
        out: &mut Collected,
    ) {
        let mut found: [Option<u64>; 3] = [None; 3];
        let mut at = from;
        // Tokens up to the weight are numbers in columns; what follows is the path.
        while found[2].is_none() {
            let rest = &line[at..];
            let start = at + (rest.len() - rest.trim_start().len());
            let (token, end) = first_word_at(line, start);
            let Ok(n) = token.parse::<u64>() else { break };
            // Nearest heading; a table may be shifted by a character or two.
            let near = (0..3).min_by_key(|c| self.ends[*c].abs_diff(end)).unwrap_or(2);
            if self.ends[near].abs_diff(end) > 4 {
                break;
            }
            found[near] = Some(n);
            at = end;
        }
        let Some(vrf) = vrf else { return };
        let (as_path, origin) = tables::as_path(line.get(at..).unwrap_or(""));
        let hop = hop.split(['@', '<']).next().unwrap_or(hop);
        out.path(
            vrf,
            Path {
                prefix: self.prefix.clone(),
                next_hop: Some(hop.to_owned()),
                best: status.contains('>') || (blank.multipath_is_best && status.contains('m')),
                as_path,
                origin,
                local_pref: if blank.no_local_pref { None } else { found[1].or(blank.local_pref) },
                med: found[0].or(blank.med),
                weight: Some(found[2].unwrap_or(0)),
                communities: None,
            },
        );
    }
}

/// The columns, if the line is a heading.
fn heading(line: &str) -> Option<PathTable> {
    let network = line.find("Network")?;
    let hop = line.find("Next Hop")?;
    let end = |w: &str| line.find(w).map(|at| at + w.len());
    Some(PathTable { network, hop, ends: [end("Metric")?, end("LocPrf")?, end("Weight")?], on: true, ..PathTable::default() })
}

/// The first word of a line, and where it ends.
pub(super) fn first_word(line: &str) -> (&str, usize) {
    first_word_at(line, line.len() - line.trim_start().len())
}

fn first_word_at(line: &str, start: usize) -> (&str, usize) {
    let rest = line.get(start..).unwrap_or("");
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    (&rest[..length], start + length)
}

/// `[110/20]` as distance and metric.
pub(super) fn bracket(text: &str) -> Option<(u64, u64)> {
    let inner = text.split_once('[')?.1.split_once(']')?.0;
    let (a, b) = inner.split_once('/')?;
    Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
}
