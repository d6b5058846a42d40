//! Which changed lines cause a violation: each is taken back by itself, and the check is run again.
//!
//! In: failed checks, changed lines, a way to make the candidate again. Out: [`Blame`]s. Law: a line is blamed as *certain* only if taking it
//! back removes violations; else lines on the devices concerned are named as *possible*. Start reading at [`find`].

use rayon::prelude::*;

use super::policy::Policy;
use super::{CheckResult, Outcome, Pair, Rebuild, Subject};
use crate::base::span::{FileId, Origin};
use crate::questions::config_diff::Hunk;

/// More hunks than this are not tried one by one: such a change is a new network.
const MOST_HUNKS: usize = 64;
/// More lines of a hunk than this are not tried one by one.
const MOST_LINES: usize = 64;

/// A changed line that is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    /// The place in the candidate: the added line, or where the removed line stood.
    pub origin: Origin,
    /// `path:line`.
    pub place: String,
    /// What was done: `+ line` or `- line`.
    pub text: String,
    /// Taking it back removes violations.
    pub certain: bool,
}

/// A file of the candidate with another text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: String,
}

/// One changed line: what stands in the candidate, and what stood there before.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unit {
    file: FileId,
    /// The line in the candidate, from 1.
    line: u32,
    /// How many candidate lines are taken out.
    taken: usize,
    /// What is put back.
    put: Vec<String>,
    text: String,
}

/// Fills in the blame of all failed checks. Violations that the base has too are not blamed on anyone.
pub fn find(
    policy: &Policy,
    results: &mut [CheckResult],
    base: &Subject,
    candidate: &Subject,
    hunks: &[Hunk],
    rebuild: &Rebuild<'_>,
) {
    let failed: Vec<usize> = (0..results.len()).filter(|&n| results[n].outcome == Outcome::Fail).collect();
    if failed.is_empty() {
        return;
    }
    // Violations that the base has too are nobody's fault in this change.
    let mut fresh = vec![0; results.len()];
    let itself = Pair::new(base, base);
    for &n in &failed {
        let before = policy.checks[n].run(&itself).violations;
        fresh[n] = results[n].violations.iter().filter(|v| !before.contains(v)).count();
        if !before.is_empty() {
            results[n].message += &format!(", {} of them new", fresh[n]);
        }
    }
    let failed: Vec<usize> = failed.into_iter().filter(|&n| fresh[n] > 0).collect();
    if failed.is_empty() {
        return;
    }
    let tried: Vec<(usize, Unit)> = hunks.iter().enumerate().filter_map(|(n, h)| Some((n, whole(h)?))).take(MOST_HUNKS).collect();
    let left = |units: &[&Unit], checks: &[usize]| -> Vec<usize> {
        let subject = rebuild(&[edit(candidate, units)]);
        let pair = Pair::new(base, &subject);
        checks.iter().map(|&c| policy.checks[c].run(&pair).violations.len()).collect()
    };
    let by_hunk: Vec<Vec<usize>> = tried.par_iter().map(|(_, unit)| left(&[unit], &failed)).collect();
    for (at, &check) in failed.iter().enumerate() {
        let all = results[check].violations.len();
        let mut causes: Vec<(usize, usize)> =
            by_hunk.iter().enumerate().map(|(h, counts)| (counts[at], h)).filter(|(count, _)| *count < all).collect();
        causes.sort_unstable();
        // If some hunk alone is the cause of everything, the others are not worth naming.
        let mended = all - fresh[check];
        if causes.first().is_some_and(|c| c.0 <= mended) {
            causes.retain(|c| c.0 <= mended);
        }
        for (_, h) in &causes {
            let hunk = &hunks[tried[*h].0];
            results[check].blame.extend(narrow(candidate, hunk, all, |unit| left(&[unit], &[check])[0]));
        }
        if results[check].blame.is_empty() {
            results[check].blame = possible(candidate, hunks, &results[check]);
        }
    }
}

/// The lines of a guilty hunk that are guilty by themselves; the whole hunk if none is.
fn narrow(candidate: &Subject, hunk: &Hunk, all: usize, left: impl Fn(&Unit) -> usize + Sync) -> Vec<Blame> {
    let units = lines(hunk);
    let guilty: Vec<Blame> = if units.len() > 1 && units.len() <= MOST_LINES {
        units.par_iter().filter(|u| left(u) < all).map(|u| blame(candidate, u, true)).collect()
    } else {
        Vec::new()
    };
    if guilty.is_empty() { units.iter().take(8).map(|u| blame(candidate, u, true)).collect() } else { guilty }
}

/// Changed lines on the devices concerned, else all: a few.
fn possible(candidate: &Subject, hunks: &[Hunk], result: &CheckResult) -> Vec<Blame> {
    const FEW: usize = 8;
    let concerned = |h: &&Hunk| result.violations.iter().any(|v| v.devices.contains(&h.device));
    let mut named: Vec<&Hunk> = hunks.iter().filter(concerned).collect();
    if named.is_empty() {
        named = hunks.iter().collect();
    }
    named.into_iter().flat_map(lines).take(FEW).map(|u| blame(candidate, &u, false)).collect()
}

fn blame(candidate: &Subject, unit: &Unit, certain: bool) -> Blame {
    let origin = Origin { file: unit.file, line: unit.line };
    Blame { origin, place: candidate.network().sources.place(origin), text: unit.text.clone(), certain }
}

/// A hunk as one unit. `None` where the file is gone: there is no line to point at.
fn whole(hunk: &Hunk) -> Option<Unit> {
    Some(Unit {
        file: hunk.candidate?,
        line: hunk.candidate_line,
        taken: hunk.added.len(),
        put: hunk.removed.clone(),
        text: String::new(),
    })
}

/// A hunk line by line: replaced lines in pairs where they are as many, else each by itself. Blank lines and comments are left out.
fn lines(hunk: &Hunk) -> Vec<Unit> {
    let Some(file) = hunk.candidate else { return Vec::new() };
    let silent = |l: &String| l.trim().is_empty() || l.trim().starts_with(['!', '#']);
    let plus = |l: &str| format!("+ {}", l.trim());
    let minus = |l: &str| format!("- {}", l.trim());
    if hunk.added.len() == hunk.removed.len() {
        let pairs = hunk.removed.iter().zip(&hunk.added).zip(hunk.candidate_line..);
        return pairs
            .filter(|((was, is), _)| was != is && !(silent(was) && silent(is)))
            .map(|((was, is), line)| Unit {
                file,
                line,
                taken: 1,
                put: vec![was.clone()],
                text: format!("{} (was: {})", plus(is), was.trim()),
            })
            .collect();
    }
    let added = hunk.added.iter().zip(hunk.candidate_line..).filter(|(l, _)| !silent(l));
    let mut out: Vec<Unit> = added.map(|(l, line)| Unit { file, line, taken: 1, put: Vec::new(), text: plus(l) }).collect();
    let removed = hunk.removed.iter().filter(|l| !silent(l));
    out.extend(removed.map(|l| Unit { file, line: hunk.candidate_line, taken: 0, put: vec![l.clone()], text: minus(l) }));
    out
}

/// The candidate's file with units of that file taken back.
fn edit(candidate: &Subject, units: &[&Unit]) -> Edit {
    let file = units[0].file;
    let text = candidate.network().sources.files.get(file).map_or("", |f| f.text.as_str());
    let mut lines: Vec<&str> = text.lines().collect();
    let mut sorted: Vec<&&Unit> = units.iter().filter(|u| u.file == file).collect();
    // From the end, so that line numbers before stay true.
    sorted.sort_by_key(|u| std::cmp::Reverse(u.line));
    for unit in sorted {
        let start = (unit.line as usize).saturating_sub(1).min(lines.len());
        let end = (start + unit.taken).min(lines.len());
        lines.splice(start..end, unit.put.iter().map(String::as_str));
    }
    let mut text = lines.join("\n");
    text.push('\n');
    Edit { file, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(removed: &[&str], added: &[&str]) -> Hunk {
        let own = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect();
        Hunk {
            device: "r1".into(),
            path: "configs/r1.cfg".into(),
            base: Some(FileId(0)),
            candidate: Some(FileId(0)),
            base_line: 3,
            removed: own(removed),
            candidate_line: 3,
            added: own(added),
        }
    }

    #[test]
    fn hunks_fall_into_lines() {
        let pairs = lines(&hunk(&["a", "b"], &["a", "c"]));
        assert_eq!(pairs.len(), 1);
        assert_eq!((pairs[0].line, &*pairs[0].text), (4, "+ c (was: b)"));
        let mixed = lines(&hunk(&[" gone"], &["!", "new 1", "new 2"]));
        let texts: Vec<&str> = mixed.iter().map(|u| &*u.text).collect();
        assert_eq!(texts, ["+ new 1", "+ new 2", "- gone"]);
        assert_eq!(mixed[0].line, 4);
    }
}
