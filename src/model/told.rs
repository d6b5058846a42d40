//! What a part of a device's model says, whatever the lines it stands in and the numbers of the policies and lists it names.
//!
//! In: anything of the model. Out: a text. Law: equal texts mean the same: all of the model prints all it holds ([`Debug`]), and what
//! it names by number is written out below it. Start reading at [`told`]. Tests: below.

use std::fmt::Debug;

use super::device::Device;

/// What something of a device says.
pub fn told(device: &Device, thing: &dyn Debug) -> String {
    let mut named = Vec::new();
    let mut out = renumbered(&without_places(&format!("{thing:?}")), &mut named);
    let mut next = 0;
    while let Some(&(kind, id)) = named.get(next) {
        next += 1;
        out.push('\n');
        let text = without_places(&(KINDS[kind].1)(device, id));
        out.push_str(&renumbered(&text, &mut named));
    }
    out
}

/// A kind of thing that has a number in its device: the word before `Id(`, and what stands behind a number.
type Kind = (&'static str, fn(&Device, u32) -> String);

const KINDS: [Kind; 5] = [
    ("Policy", |d, n| text(d.policies.as_slice(), n)),
    ("PrefixList", |d, n| text(d.prefix_lists.as_slice(), n)),
    ("AsPathList", |d, n| text(d.as_path_lists.as_slice(), n)),
    ("CommunityList", |d, n| text(d.community_lists.as_slice(), n)),
    ("Filter", |d, n| text(d.filters.as_slice(), n)),
];

fn text<T: Debug>(all: &[T], n: u32) -> String {
    format!("{:?}", all.get(n as usize))
}

/// A text without the places that origins name.
fn without_places(text: &str) -> String {
    let mut parts = text.split("Origin { file: ");
    let mut out = String::with_capacity(text.len());
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    out
}

/// A text in which numbers stand in the order in which things are first named.
fn renumbered(text: &str, named: &mut Vec<(usize, u32)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("Id(") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        rest = after;
        let word = &before[..at];
        let kind = KINDS
            .iter()
            .position(|(k, _)| word.strip_suffix(k).is_some_and(|w| !w.ends_with(|c: char| c.is_ascii_alphanumeric())));
        if let Some(kind) = kind
            && let Some((number, behind)) = rest.split_once(')')
            && let Ok(number) = number.parse::<u32>()
        {
            let place = named.iter().position(|x| *x == (kind, number)).unwrap_or_else(|| {
                named.push((kind, number));
                named.len() - 1
            });
            out.push_str(&format!("#{place})"));
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::IdVec;
    use crate::base::span::{FileId, Origin};
    use crate::model::policy::{
        Cond, Flow, Policy, PolicyChain, PolicyId, PrefixLine, PrefixList, PrefixListId, PrefixRange, Term,
    };

    fn device(shift: u32, length: u8) -> (Device, PolicyChain) {
        let at = |line| Origin { file: FileId(shift), line: line + shift };
        let list = PrefixList {
            name: "NETS".into(),
            origin: at(1),
            lines: vec![PrefixLine {
                permit: true,
                range: PrefixRange { prefix: "10.0.0.0/8".parse().unwrap(), min: 8, max: length },
                origin: at(2),
            }],
        };
        let term =
            |when| Term { name: "10".into(), origin: at(3), when, actions: vec![], then: Flow::Accept, otherwise: Flow::Next };
        let policy = |name: &str, when| Policy {
            name: name.into(),
            origin: at(4),
            terms: IdVec::from_vec(vec![term(when)]),
            ..Policy::default()
        };
        let mut d = Device::default();
        // Others stand before them.
        for _ in 0..shift {
            d.prefix_lists.push(PrefixList::default());
            d.policies.push(Policy::default());
        }
        let list = d.prefix_lists.push(list);
        let inner = d.policies.push(policy("INNER", Cond::PrefixList(list)));
        let outer = d.policies.push(policy("OUTER", Cond::Policy(inner)));
        (d, PolicyChain { policies: vec![outer, inner], origin: at(9), ..PolicyChain::default() })
    }

    #[test]
    fn places_and_numbers_do_not_count_and_what_is_named_does() {
        let say = |(d, chain): (Device, PolicyChain)| told(&d, &chain);
        let one = say(device(0, 24));
        assert_eq!(one, say(device(5, 24)));
        assert_ne!(one, say(device(0, 25)), "a list two steps away says something else");
        assert!(one.contains("INNER") && one.contains("NETS") && !one.contains("FileId"), "{one}");
        assert_eq!(told(&Device::default(), &(PolicyId(7), PrefixListId(7))), "(PolicyId(#0), PrefixListId(#1))\nNone\nNone");
    }

    #[test]
    fn policies_that_name_each_other_end() {
        let (mut d, chain) = device(0, 24);
        d.policies[PolicyId(0)].terms[crate::model::policy::TermId(0)].when = Cond::Policy(PolicyId(1));
        assert!(told(&d, &chain).lines().count() == 3);
    }
}
