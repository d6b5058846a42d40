//! Sets of prefixes and communities, by name and inline.

use super::Lowering;
use super::conditions::inline;
use super::policy::text;
use crate::base::span::Origin;
use crate::model::device::Name;
use crate::model::policy::{
    Action, CommunityEdit, CommunityLine, CommunityList, CommunityListId, CommunityMatch, PrefixLine, PrefixList, PrefixListId,
    PrefixRange,
};
use crate::model::route::Community;
use crate::syntax::values;
use crate::vendors::iosxr::read::prefix_range;
use crate::vendors::iosxr::rpl::ast::Word;
use crate::vendors::sink::LineClass;

/// A set where it is used.
#[derive(Debug, Clone)]
pub(super) enum SetRef {
    Named(&'static str, Name),
    Inline(Vec<Vec<Word>>),
}

impl SetRef {
    /// What tells it from other sets.
    pub fn key(&self, kind: &str) -> String {
        match self {
            Self::Named(_, name) => format!("{kind} {name}"),
            Self::Inline(entries) => {
                let entries: Vec<String> = entries.iter().map(|e| text(e)).collect();
                format!("{kind} ({})", entries.join(", "))
            }
        }
    }
}

/// Communities that `delete community all` leaves (RCR, "delete community": well-known ones are deleted by name only).
const WELL_KNOWN: &[Community] = &[
    Community::Standard(0),
    Community::NO_EXPORT,
    Community::NO_ADVERTISE,
    Community::NO_EXPORT_SUBCONFED,
    Community::GRACEFUL_SHUTDOWN,
    Community::Standard(0xFFFF_0001),
];

impl Lowering<'_> {
    /// `NAME` or `( … )` at the start of some words, and how many words it is. `None`: neither, or a parameter that has no value.
    pub(super) fn set_ref(&mut self, kind: &'static str, words: &[Word], origin: Origin) -> Option<(SetRef, usize)> {
        let first = words.first()?;
        if &*first.text == "(" && !first.quoted {
            let end = words.iter().position(|w| &*w.text == ")" && !w.quoted).unwrap_or(words.len());
            return Some((SetRef::Inline(inline(&words[..end])), (end + 1).min(words.len())));
        }
        if first.text.contains('$') {
            return None;
        }
        let kinds: &'static [&'static str] = match kind {
            "prefix-set" => &["prefix-set"],
            "community-set" => &["community-set"],
            "as-path-set" => &["as-path-set"],
            "extcommunity-set" => &["extcommunity-set"],
            "large-community-set" => &["large-community-set"],
            "rd-set" => &["rd-set"],
            "tag-set" => &["tag-set"],
            _ => &["ospf-area-set"],
        };
        self.used(kinds, &first.text, origin);
        Some((SetRef::Named(kind, first.text.clone()), 1))
    }

    /// The members of a set with their lines (an inline set's have none of their own). A set that is not defined has none.
    pub(super) fn entries(&self, set: &SetRef) -> Vec<(Vec<Word>, Origin)> {
        match set {
            SetRef::Inline(entries) => entries.iter().map(|e| (e.clone(), Origin::NONE)).collect(),
            SetRef::Named(kind, name) => {
                let set = self.config.sets.get(&format!("{kind} {name}"));
                set.map(|s| s.entries.iter().map(|(e, o)| (self.fill(e, &Vec::new()), *o)).collect()).unwrap_or_default()
            }
        }
    }

    // ----- prefixes ---------------------------------------------------------------------------

    /// The ranges of a prefix set. `None`: a parameter without a value stands in it.
    pub(super) fn ranges(&mut self, set: &SetRef, origin: Origin) -> Option<Vec<PrefixRange>> {
        Some(self.prefix_lines(set, origin)?.into_iter().map(|l| l.range).collect())
    }

    fn prefix_lines(&mut self, set: &SetRef, origin: Origin) -> Option<Vec<PrefixLine>> {
        let mut lines = Vec::new();
        for (entry, line) in self.entries(set) {
            let origin = if line.is_some() { line } else { origin };
            let [prefix, options @ ..] = &entry[..] else { continue };
            let options: Vec<&str> = options.iter().map(|w| &*w.text).collect();
            match prefix_range(&prefix.text, &options) {
                Some(range) => lines.push(PrefixLine { permit: true, range, origin }),
                None if entry.iter().any(|w| w.text.contains('$')) => return None,
                None => self.notes.say(origin, LineClass::Invalid, format!("`{}` is not a range of prefixes", text(&entry))),
            }
        }
        Some(lines)
    }

    /// The list that a prefix set becomes: `None` for one that holds nothing.
    pub(super) fn prefix_set(&mut self, set: &SetRef, origin: Origin) -> Option<Option<PrefixListId>> {
        let key = set.key("prefix-set");
        if let Some(&id) = self.prefix_sets.get(&key) {
            return Some(Some(id));
        }
        let lines = self.prefix_lines(set, origin)?;
        if lines.is_empty() {
            return Some(None);
        }
        let (name, origin) = match set {
            SetRef::Named(kind, name) => {
                (name.clone(), self.config.sets.get(&format!("{kind} {name}")).map_or(origin, |s| s.origin))
            }
            SetRef::Inline(_) => (key.trim_start_matches("prefix-set ").into(), origin),
        };
        let id = self.device.prefix_lists.push(PrefixList { name, origin, lines });
        self.prefix_sets.insert(key, id);
        Some(Some(id))
    }

    // ----- communities ------------------------------------------------------------------------

    /// The values of a set that is put on routes. `None`: it has members that are no single values.
    pub(super) fn community_values(&mut self, kind: &str, sub: &str, set: &SetRef) -> Option<Vec<Community>> {
        let entries = self.entries(set);
        entries.iter().map(|(e, _)| if let [one] = &e[..] { value(kind, sub, &one.text) } else { None }).collect()
    }

    /// The list of a set: `every`: all of its members must be there. `None`: some member is not modelled.
    pub(super) fn community_list(
        &mut self,
        kind: &'static str,
        sub: &str,
        set: &SetRef,
        every: bool,
        origin: Origin,
    ) -> Option<CommunityListId> {
        let key = format!("{every} {sub} {}", set.key(kind));
        if let Some(&id) = self.community_sets.get(&key) {
            return Some(id);
        }
        let entries = self.entries(set);
        let all: Option<Vec<(CommunityMatch, Origin)>> =
            entries.iter().map(|(e, o)| matcher(kind, sub, e).map(|m| (m, *o))).collect();
        let all = all?;
        let lines = if every && !all.is_empty() {
            let matches = CommunityMatch::AllOf(all.into_iter().map(|(m, _)| m).collect());
            vec![CommunityLine { permit: true, matches, origin }]
        } else {
            all.into_iter()
                .map(|(matches, o)| CommunityLine { permit: true, matches, origin: if o.is_some() { o } else { origin } })
                .collect()
        };
        Some(self.new_community_list(key, set.key(""), lines, origin))
    }

    fn new_community_list(&mut self, key: String, name: String, lines: Vec<CommunityLine>, origin: Origin) -> CommunityListId {
        let id = self.device.community_lists.push(CommunityList { name: name.trim().into(), origin, lines });
        self.community_sets.insert(key, id);
        id
    }

    /// A list that any community of a kind is in.
    pub(super) fn everything(&mut self, kind: &str, sub: &str, origin: Origin) -> Option<CommunityListId> {
        let key = format!("all {kind} {sub}");
        if let Some(&id) = self.community_sets.get(&key) {
            return Some(id);
        }
        let line = CommunityLine { permit: true, matches: CommunityMatch::Regex(any_of(kind, sub)?), origin };
        Some(self.new_community_list(key.clone(), key, vec![line], origin))
    }

    pub(super) fn delete_all(&mut self, kind: &str, sub: &str, origin: Origin) -> Vec<Action> {
        if kind != "community-set" {
            let list = self.everything(kind, sub, origin);
            return list.map(|id| Action::Community(CommunityEdit::DeleteList(id))).into_iter().collect();
        }
        let key = "all but well-known".to_owned();
        let id = match self.community_sets.get(&key) {
            Some(&id) => id,
            None => {
                let mut lines: Vec<CommunityLine> = WELL_KNOWN
                    .iter()
                    .map(|c| CommunityLine { permit: false, matches: CommunityMatch::All(vec![*c]), origin })
                    .collect();
                lines.extend(any_of(kind, sub).map(|r| CommunityLine {
                    permit: true,
                    matches: CommunityMatch::Regex(r),
                    origin,
                }));
                self.new_community_list(key.clone(), key, lines, origin)
            }
        };
        vec![Action::Community(CommunityEdit::DeleteList(id))]
    }

    /// The list of what `delete … in` or `delete … not in` takes away.
    pub(super) fn delete_list(
        &mut self,
        kind: &'static str,
        sub: &str,
        set: &SetRef,
        negated: bool,
        origin: Origin,
    ) -> Option<CommunityListId> {
        if !negated {
            return self.community_list(kind, sub, set, false, origin);
        }
        let key = format!("not in {sub} {}", set.key(kind));
        if let Some(&id) = self.community_sets.get(&key) {
            return Some(id);
        }
        let entries = self.entries(set);
        let keep: Option<Vec<CommunityMatch>> = entries.iter().map(|(e, _)| matcher(kind, sub, e)).collect();
        let mut lines: Vec<CommunityLine> =
            keep?.into_iter().map(|matches| CommunityLine { permit: false, matches, origin }).collect();
        lines.push(CommunityLine { permit: true, matches: CommunityMatch::Regex(any_of(kind, sub)?), origin });
        Some(self.new_community_list(key.clone(), key, lines, origin))
    }
}

/// A regular expression for every community of a kind, printed.
fn any_of(kind: &str, sub: &str) -> Option<String> {
    Some(match (kind, sub) {
        ("community-set", _) => "^[0-9]+:[0-9]+$".to_owned(),
        ("large-community-set", _) => "^[0-9]+:[0-9]+:[0-9]+$".to_owned(),
        (_, "rt") => "^target:".to_owned(),
        (_, "soo") => "^origin:".to_owned(),
        _ => return None,
    })
}

/// One community.
fn value(kind: &str, sub: &str, word: &str) -> Option<Community> {
    match (kind, sub) {
        ("community-set", _) => match word {
            "internet" => Some(Community::Standard(0)),
            "accept-own" => Some(Community::Standard(0xFFFF_0001)),
            _ if word.contains(':') || word.starts_with(|c: char| c.is_ascii_alphabetic()) => values::standard_community(word),
            _ => None,
        },
        ("large-community-set", _) => values::large_community(word),
        (_, "rt") => values::extended_community(2, word),
        (_, "soo") => values::extended_community(3, word),
        _ => None,
    }
}

/// What a member of a set matches.
fn matcher(kind: &str, sub: &str, entry: &[Word]) -> Option<CommunityMatch> {
    match entry {
        [one] => {
            if let Some(community) = value(kind, sub, &one.text) {
                return Some(CommunityMatch::All(vec![community]));
            }
            if &*one.text == "*" {
                return any_of(kind, sub).map(CommunityMatch::Regex);
            }
            let parts: Option<Vec<String>> = one.text.split(':').map(part).collect();
            let (parts, wanted) = (parts?, if kind == "large-community-set" { 3 } else { 2 });
            if parts.len() != wanted {
                return None;
            }
            let prefix = match sub {
                "rt" => "target:",
                "soo" => "origin:",
                _ => "",
            };
            crate::vendors::regex::check(format!("^{prefix}{}$", parts.join(":"))).ok().map(CommunityMatch::Regex)
        }
        [how, regex] if matches!(&*how.text, "ios-regex" | "dfa-regex") => {
            crate::vendors::regex::cisco_as_path(&regex.text).ok().map(CommunityMatch::Regex)
        }
        _ => None,
    }
}

/// A part of a community: a number, `*`, `[a..b]`, `private-as`.
fn part(word: &str) -> Option<String> {
    let range = |a: u32, b: u32| (a <= b).then(|| format!("(?:{})", crate::vendors::regex::number_range(a, b).join("|")));
    match word {
        "*" => Some("[0-9.]+".to_owned()),
        "private-as" => range(64512, 65534),
        _ => match word.strip_prefix('[').and_then(|w| w.strip_suffix(']')) {
            Some(inner) => {
                let (a, b) = inner.split_once("..").unwrap_or((inner, inner));
                range(a.parse().ok()?, b.parse().ok()?)
            }
            None => values::asn(word).map(|n| n.to_string()),
        },
    }
}
