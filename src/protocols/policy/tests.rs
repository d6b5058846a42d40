use std::net::IpAddr;

use ipnet::IpNet;

use super::*;
use crate::base::id::IdVec;
use crate::base::span::{FileId, Origin, SourceMap};
use crate::model::Network;
use crate::model::device::Device;
use crate::model::filter::{AddressMatch, Filter, FilterId, FilterLine};
use crate::model::network::DeviceId;
use crate::model::policy::*;
use crate::model::route::{BgpOrigin, Community};
use crate::model::vrf::{Vrf, VrfId};
use crate::rib::{Arena, AsPath, Rib};

fn net(s: &str) -> IpNet {
    s.parse().unwrap()
}

fn term(when: Cond, actions: Vec<Action>, then: Flow) -> Term {
    Term { name: "t".into(), origin: Origin::NONE, when, actions, then, otherwise: Flow::Next }
}

fn policy(terms: Vec<Term>, at_end: AtEnd) -> Policy {
    let mut terms = terms;
    for (n, t) in terms.iter_mut().enumerate() {
        t.origin = Origin { file: FileId(0), line: n as u32 + 1 };
    }
    Policy { name: "p".into(), origin: Origin::NONE, terms: IdVec::from_vec(terms), at_end }
}

/// A device with policies numbered as given.
fn device(policies: Vec<Policy>) -> Device {
    Device {
        name: "r1".into(),
        vrfs: IdVec::from_vec(vec![Vrf { name: "default".into(), ..Vrf::default() }]),
        policies: IdVec::from_vec(policies),
        ..Device::default()
    }
}

fn route(prefix: &str) -> PolicyRoute {
    PolicyRoute::new(net(prefix), RouteSource::Bgp, VrfId::DEFAULT)
}

fn chain(ids: &[u32], at_end: Verdict) -> PolicyChain {
    PolicyChain { policies: ids.iter().map(|&n| PolicyId(n)).collect(), at_end, origin: Origin::NONE }
}

fn run_with(device: Device, chain: &PolicyChain, mut r: PolicyRoute, ctx: PolicyContext) -> (Decision, PolicyRoute, Vec<String>) {
    let network = Network::new(vec![device], SourceMap::default());
    let (arena, rib) = (Arena::new(), Rib::default());
    let engine = PolicyEngine::new(&network, &arena, &rib);
    let d = engine.explain(DeviceId(0), chain, &mut r, &ctx);
    assert_eq!(engine.explain(DeviceId(0), chain, &mut r.clone(), &ctx).verdict, d.verdict, "caches change nothing");
    (d, r, engine.findings().into_iter().map(|f| f.message).collect())
}

fn run(policies: Vec<Policy>, ids: &[u32], r: PolicyRoute) -> (Decision, PolicyRoute) {
    let (d, r, _) = run_with(device(policies), &chain(ids, Verdict::Reject), r, PolicyContext::default());
    (d, r)
}

/// Whether a condition holds for a route on a device.
fn holds(mut d: Device, cond: Cond, r: PolicyRoute, ctx: PolicyContext) -> bool {
    d.policies = IdVec::from_vec(vec![policy(vec![term(cond, vec![], Flow::Accept)], AtEnd::Reject)]);
    run_with(d, &chain(&[0], Verdict::Reject), r, ctx).0.accepted()
}

/// The route after one action.
fn after(action: Action, r: PolicyRoute, ctx: PolicyContext) -> PolicyRoute {
    let d = device(vec![policy(vec![term(Cond::True, vec![action], Flow::Accept)], AtEnd::Reject)]);
    run_with(d, &chain(&[0], Verdict::Reject), r, ctx).1
}

#[test]
fn the_first_term_that_holds_decides_and_the_end_rejects() {
    let p = || {
        policy(
            vec![
                term(Cond::Prefix(vec![PrefixRange::exact(net("10.1.0.0/16"))]), vec![], Flow::Reject),
                term(
                    Cond::Prefix(vec![PrefixRange { prefix: net("10.0.0.0/8"), min: 8, max: 16 }]),
                    vec![Action::LocalPref(Number::Set(200))],
                    Flow::Accept,
                ),
            ],
            AtEnd::Reject,
        )
    };
    let (d, _) = run(vec![p()], &[0], route("10.1.0.0/16"));
    assert_eq!((d.verdict, d.term, d.origin.line), (Verdict::Reject, Some(TermId(0)), 1));
    let (d, r) = run(vec![p()], &[0], route("10.2.0.0/16"));
    assert_eq!((d.verdict, d.policy, d.term, r.local_pref), (Verdict::Accept, Some(PolicyId(0)), Some(TermId(1)), 200));
    let (d, _) = run(vec![p()], &[0], route("10.2.3.0/24"));
    assert_eq!((d.verdict, d.policy, d.term), (Verdict::Reject, Some(PolicyId(0)), None));
}

#[test]
fn continue_jumps_forward_and_keeps_the_pending_permit() {
    // permit 10 + continue 30; deny 20; permit 30 if MED is 5.
    let p = |med| {
        policy(
            vec![
                term(
                    Cond::True,
                    vec![Action::Metric(Number::Set(med))],
                    Flow::Goto { term: TermId(2), pending: Some(Verdict::Accept) },
                ),
                term(Cond::True, vec![], Flow::Reject),
                term(Cond::Metric(Compare::Eq, 5), vec![Action::Tag(7)], Flow::Accept),
            ],
            AtEnd::Reject,
        )
    };
    let (d, r) = run(vec![p(5)], &[0], route("10.0.0.0/8"));
    assert_eq!((d.verdict, d.term, r.tag), (Verdict::Accept, Some(TermId(2)), 7));
    let (d, r) = run(vec![p(6)], &[0], route("10.0.0.0/8"));
    assert_eq!((d.verdict, d.term, r.tag, r.metric), (Verdict::Accept, None, 0, Some(6)));
    // A jump back goes on with the next term, so it ends.
    let back = policy(vec![term(Cond::True, vec![], Flow::Goto { term: TermId(0), pending: None })], AtEnd::Accept);
    assert_eq!(run(vec![back], &[0], route("10.0.0.0/8")).0.verdict, Verdict::Accept);
}

#[test]
fn chains_hand_over_and_keep_changes() {
    let adds = policy(vec![term(Cond::True, vec![Action::Tag(1)], Flow::Next)], AtEnd::NextPolicy);
    let skips = policy(vec![term(Cond::True, vec![], Flow::NextPolicy), term(Cond::True, vec![], Flow::Reject)], AtEnd::Reject);
    let takes = policy(vec![term(Cond::Tag(vec![1]), vec![], Flow::Accept)], AtEnd::NextPolicy);
    let (d, r) = run(vec![adds.clone(), skips, takes], &[0, 1, 2], route("10.0.0.0/8"));
    assert_eq!((d.verdict, d.policy, r.tag), (Verdict::Accept, Some(PolicyId(2)), 1));
    let d = device(vec![adds]);
    let (d, ..) = run_with(d, &chain(&[0], Verdict::Accept), route("10.0.0.0/8"), PolicyContext::default());
    assert_eq!((d.verdict, d.policy), (Verdict::Accept, None));
    // Junos `default-action reject` outlives its policy and takes the place of the protocol's default.
    let dflt = policy(vec![term(Cond::True, vec![], Flow::Pending(Verdict::Reject))], AtEnd::NextPolicy);
    let (d, ..) = run_with(device(vec![dflt]), &chain(&[0], Verdict::Accept), route("10.0.0.0/8"), PolicyContext::default());
    assert_eq!((d.verdict, d.policy), (Verdict::Reject, None));
    // RPL `pass` decides at the end of its own policy.
    let pass = policy(vec![term(Cond::True, vec![], Flow::Pending(Verdict::Accept))], AtEnd::Reject);
    assert_eq!(run(vec![pass], &[0], route("10.0.0.0/8")).0.verdict, Verdict::Accept);
}

#[test]
fn sub_policies_as_question_and_as_part() {
    let sub = policy(vec![term(Cond::True, vec![Action::Tag(9)], Flow::Accept)], AtEnd::Reject);
    let asks = policy(vec![term(Cond::Policy(PolicyId(1)), vec![], Flow::Accept)], AtEnd::Reject);
    let applies = policy(vec![term(Cond::Apply(PolicyId(1)), vec![], Flow::Accept)], AtEnd::Reject);
    let (d, r) = run(vec![asks, sub.clone()], &[0], route("10.0.0.0/8"));
    assert_eq!((d.verdict, r.tag), (Verdict::Accept, 0));
    let (d, r) = run(vec![applies.clone(), sub], &[0], route("10.0.0.0/8"));
    assert_eq!((d.verdict, r.tag), (Verdict::Accept, 9));
    let refuses = policy(vec![term(Cond::True, vec![Action::Tag(9)], Flow::Reject)], AtEnd::Reject);
    let (d, r) = run(vec![applies, refuses], &[0], route("10.0.0.0/8"));
    assert_eq!((d.verdict, r.tag), (Verdict::Reject, 0));
    // A sub-policy without a verdict: the chain's default answers `from policy`.
    let silent = policy(vec![], AtEnd::NextPolicy);
    let asks = policy(vec![term(Cond::Policy(PolicyId(1)), vec![Action::Tag(3)], Flow::Accept)], AtEnd::Reject);
    let d = device(vec![asks, silent]);
    let (d, r, _) = run_with(d, &chain(&[0], Verdict::Accept), route("10.0.0.0/8"), PolicyContext::default());
    assert_eq!((d.verdict, r.tag), (Verdict::Accept, 3));
}

#[test]
fn a_circle_of_policies_ends_with_a_finding() {
    let a = policy(vec![term(Cond::Apply(PolicyId(0)), vec![], Flow::Accept)], AtEnd::Reject);
    let (d, _, findings) =
        run_with(device(vec![a]), &chain(&[0], Verdict::Reject), route("10.0.0.0/8"), PolicyContext::default());
    assert_eq!(d.verdict, Verdict::Reject);
    assert_eq!(findings, ["policy `p` calls itself through others; the route is refused"]);
}

#[test]
fn a_circle_with_two_calls_a_round_ends_too() {
    let call = || term(Cond::Apply(PolicyId(0)), vec![], Flow::Accept);
    let a = policy(vec![call(), call()], AtEnd::Reject);
    let (d, _, findings) =
        run_with(device(vec![a]), &chain(&[0], Verdict::Reject), route("10.0.0.0/8"), PolicyContext::default());
    assert_eq!((d.verdict, findings.len()), (Verdict::Reject, 1));
}

#[test]
fn what_is_not_modelled_is_said_once() {
    let p = policy(
        vec![
            term(Cond::Unmodelled("match moon phase".into()), vec![], Flow::Reject),
            term(Cond::True, vec![Action::Unmodelled("set dampening".into())], Flow::Accept),
        ],
        AtEnd::Reject,
    );
    let (d, _, findings) =
        run_with(device(vec![p]), &chain(&[0], Verdict::Reject), route("10.0.0.0/8"), PolicyContext::default());
    assert_eq!(d.verdict, Verdict::Accept);
    assert_eq!(findings.len(), 2);
    assert!(findings[0].contains("moon phase") && findings[1].contains("set dampening"), "{findings:?}");
}

#[test]
fn undefined_ids_hold_for_nothing() {
    for cond in [
        Cond::PrefixList(PrefixListId(9)),
        Cond::AsPathList(AsPathListId(9)),
        Cond::CommunityList { list: CommunityListId(9), exact: false },
        Cond::Acl(FilterId(9)),
        Cond::RouteExists { vrf: VrfId(9), prefix: net("0.0.0.0/0") },
    ] {
        assert!(!holds(device(vec![]), cond, route("10.0.0.0/8"), PolicyContext::default()));
    }
    assert_eq!(run(vec![], &[4], route("10.0.0.0/8")).0.verdict, Verdict::Reject);
}

#[test]
fn conditions_on_values() {
    let mut r = route("10.0.0.0/8");
    (r.metric, r.tag, r.weight, r.local_pref) = (Some(10), 5, 7, 150);
    r.next_hop = Some("192.0.2.1".parse().unwrap());
    r.as_path = AsPath::sequence(&[65001, 65002]);
    r.kind = Some(RouteType::OspfE2);
    let ctx = PolicyContext { neighbor: Some("192.0.2.9".parse().unwrap()), ..PolicyContext::default() };
    let yes = |c: Cond| assert!(holds(device(vec![]), c.clone(), r.clone(), ctx), "{c:?}");
    let no = |c: Cond| assert!(!holds(device(vec![]), c.clone(), r.clone(), ctx), "{c:?}");
    yes(Cond::All(vec![]));
    no(Cond::Any(vec![]));
    yes(Cond::Not(Box::new(Cond::False)));
    yes(Cond::Metric(Compare::Ge, 10));
    no(Cond::Metric(Compare::Ne, 10));
    yes(Cond::Tag(vec![4, 5]));
    yes(Cond::LocalPref(Compare::Eq, 150));
    yes(Cond::Weight(Compare::Le, 7));
    yes(Cond::AsPathLength(Compare::Eq, 2));
    yes(Cond::NextHop(vec![net("192.0.2.0/29")]));
    no(Cond::Neighbor(vec![net("192.0.2.0/29")]));
    yes(Cond::Source(vec![RouteSource::Bgp]));
    yes(Cond::RouteType(vec![RouteType::External]));
    no(Cond::RouteType(vec![RouteType::Internal]));
    yes(Cond::Origin(BgpOrigin::Igp));
    no(Cond::Family(crate::model::route::Family::V6));
    yes(Cond::RpkiNotFound);
}

#[test]
fn as_path_and_prefix_and_next_hop_lists() {
    let mut d = device(vec![]);
    let line = |permit, regex: &str| AsPathLine { permit, regex: regex.into(), text: regex.into(), origin: Origin::NONE };
    d.as_path_lists
        .push(AsPathList { lines: vec![line(false, "(?:^| )65002 "), line(true, "^65001 ")], ..AsPathList::default() });
    d.prefix_lists.push(PrefixList {
        lines: vec![PrefixLine { permit: true, range: PrefixRange::exact(net("192.0.2.1/32")), origin: Origin::NONE }],
        ..PrefixList::default()
    });
    let path = |asns: &[u32]| PolicyRoute { as_path: AsPath::sequence(asns), ..route("10.0.0.0/8") };
    let list = || Cond::AsPathList(AsPathListId(0));
    assert!(holds(d.clone(), list(), path(&[65001, 65003]), PolicyContext::default()));
    assert!(!holds(d.clone(), list(), path(&[65001, 65002]), PolicyContext::default()));
    assert!(!holds(d.clone(), list(), path(&[]), PolicyContext::default()));
    let via: IpAddr = "192.0.2.1".parse().unwrap();
    let r = PolicyRoute { next_hop: Some(via), ..route("10.0.0.0/8") };
    assert!(holds(d.clone(), Cond::NextHopList(PrefixListId(0)), r.clone(), PolicyContext::default()));
    assert!(!holds(d.clone(), Cond::SourceList(PrefixListId(0)), r.clone(), PolicyContext::default()));
    assert!(holds(d, Cond::SourceList(PrefixListId(0)), r, PolicyContext { neighbor: Some(via), ..PolicyContext::default() }));
}

#[test]
fn acls_as_route_filters() {
    let mut d = device(vec![]);
    // access-list 100 permit ip 10.0.0.0 0.255.255.255 host 255.255.255.0: /24s of 10/8.
    let line = FilterLine {
        permit: true,
        sources: vec![AddressMatch::Wildcard(0x0A00_0000, 0x00FF_FFFF)],
        destinations: vec![AddressMatch::Prefix(net("255.255.255.0/32"))],
        ..FilterLine::default()
    };
    d.filters.push(Filter { extended: true, lines: vec![line], ..Filter::default() });
    let standard = FilterLine { permit: true, sources: vec![AddressMatch::Prefix(net("10.1.0.0/16"))], ..FilterLine::default() };
    d.filters.push(Filter { lines: vec![standard], ..Filter::default() });
    let asks = |d: &Device, n, p| holds(d.clone(), Cond::Acl(FilterId(n)), route(p), PolicyContext::default());
    assert!(asks(&d, 0, "10.1.2.0/24"));
    assert!(!asks(&d, 0, "10.1.0.0/16"));
    assert!(!asks(&d, 0, "11.1.2.0/24"));
    assert!(asks(&d, 1, "10.1.0.0/16") && asks(&d, 1, "10.1.2.0/30"));
    assert!(!asks(&d, 1, "10.0.0.0/8"));
}

#[test]
fn community_lists() {
    let c = Community::standard;
    let mut d = device(vec![]);
    let line = |permit, matches| CommunityLine { permit, matches, origin: Origin::NONE };
    let list = |lines| CommunityList { lines, ..CommunityList::default() };
    d.community_lists.push(list(vec![line(true, CommunityMatch::All(vec![c(1, 1), c(1, 2)]))]));
    d.community_lists.push(list(vec![line(true, CommunityMatch::Regex("^65000:1".into()))]));
    d.community_lists.push(list(vec![line(true, CommunityMatch::RegexWhole("1:1 1:2 ".into()))]));
    d.community_lists.push(list(vec![line(true, CommunityMatch::Not(Box::new(CommunityMatch::Regex("^1:".into()))))]));
    d.community_lists.push(list(vec![line(
        true,
        CommunityMatch::AllOf(vec![CommunityMatch::Regex("^1:".into()), CommunityMatch::All(vec![c(2, 2)])]),
    )]));
    let asks = |n, exact, cs: &[Community]| {
        let r = PolicyRoute { communities: cs.to_vec(), ..route("10.0.0.0/8") };
        holds(d.clone(), Cond::CommunityList { list: CommunityListId(n), exact }, r, PolicyContext::default())
    };
    assert!(asks(0, false, &[c(1, 2), c(1, 1), c(9, 9)]) && !asks(0, false, &[c(1, 1)]));
    assert!(asks(0, true, &[c(1, 2), c(1, 1)]) && !asks(0, true, &[c(1, 2), c(1, 1), c(9, 9)]));
    assert!(asks(1, false, &[c(65000, 12)]) && !asks(1, false, &[c(1, 1)]) && !asks(1, false, &[]));
    assert!(asks(2, false, &[c(1, 2), c(1, 1)]) && !asks(2, false, &[c(1, 1)]));
    assert!(asks(3, false, &[]) && !asks(3, false, &[c(1, 1)]));
    assert!(asks(4, false, &[c(1, 7), c(2, 2)]) && !asks(4, false, &[c(2, 2)]));
}

#[test]
fn actions_on_values() {
    let no = PolicyContext::default();
    let r = || PolicyRoute { metric: Some(10), ..route("10.0.0.0/8") };
    assert_eq!(after(Action::Metric(Number::Add(u32::MAX)), r(), no).metric, Some(u32::MAX));
    assert_eq!(after(Action::Metric(Number::Subtract(11)), r(), no).metric, Some(0));
    assert_eq!(after(Action::LocalPref(Number::Subtract(10)), r(), no).local_pref, 90);
    assert!(after(Action::MetricIgp, r(), no).set.metric_igp);
    let w = after(Action::Weight(0), r(), no);
    assert_eq!((w.weight, w.set.weight), (0, true));
    assert_eq!(after(Action::Distance(7), r(), no).set.distance, Some(7));
    assert_eq!(after(Action::Origin(BgpOrigin::Incomplete), r(), no).origin, BgpOrigin::Incomplete);
    assert_eq!(after(Action::OspfMetricType(1), r(), no).set.ospf_metric_type, Some(1));
}

#[test]
fn actions_on_paths() {
    let ctx = PolicyContext { own_as: 65000, ..PolicyContext::default() };
    let r = || PolicyRoute { as_path: AsPath::sequence(&[1, 2, 1]), ..route("10.0.0.0/8") };
    let path = |a| after(a, r(), ctx).as_path.to_string();
    assert_eq!(path(Action::Prepend(vec![7, 8])), "7 8 1 2 1");
    assert_eq!(path(Action::PrependLast(2)), "1 1 1 2 1");
    assert_eq!(path(Action::PrependOwn(2)), "65000 65000 1 2 1");
    assert_eq!(path(Action::ReplaceAsPath(AsPathReplacement::All(vec![9]))), "9");
    assert_eq!(path(Action::ReplaceAsPath(AsPathReplacement::WithOwn(vec![1]))), "65000 2 65000");
    assert_eq!(path(Action::ExcludeAs(vec![1])), "2");
    assert_eq!(path(Action::ExcludeAs(vec![1, 2])), "");
    assert_eq!(after(Action::PrependLast(2), route("10.0.0.0/8"), ctx).as_path.to_string(), "");
}

#[test]
fn actions_on_communities_and_next_hops() {
    let c = Community::standard;
    let large = Community::Large(1, 2, 3);
    let r = || PolicyRoute { communities: vec![c(1, 1), c(1, 2), large], ..route("10.0.0.0/8") };
    let no = PolicyContext::default();
    let edit = |e| after(Action::Community(e), r(), no).communities;
    assert_eq!(edit(CommunityEdit::Set(vec![c(9, 9)])), [large, c(9, 9)]);
    assert_eq!(edit(CommunityEdit::Set(vec![])), [large]);
    assert_eq!(edit(CommunityEdit::Add(vec![c(1, 1), c(3, 3)])), [c(1, 1), c(1, 2), large, c(3, 3)]);
    assert_eq!(edit(CommunityEdit::Delete(vec![c(1, 1)])), [c(1, 2), large]);
    assert_eq!(edit(CommunityEdit::DeleteAll { all_kinds: false }), [large]);
    assert_eq!(edit(CommunityEdit::DeleteAll { all_kinds: true }), []);

    let own: IpAddr = "192.0.2.1".parse().unwrap();
    let peer: IpAddr = "192.0.2.2".parse().unwrap();
    let ctx = PolicyContext { own_address: Some(own), neighbor: Some(peer), ..no };
    let hop = |e| after(Action::NextHop(e), r(), ctx).next_hop;
    assert_eq!(hop(NextHopEdit::Own), Some(own));
    assert_eq!(hop(NextHopEdit::Peer), Some(peer));
    assert_eq!(hop(NextHopEdit::Address(peer)), Some(peer));
    assert_eq!(hop(NextHopEdit::Discard), None);
    assert_eq!(after(Action::NextHop(NextHopEdit::Unchanged), r(), ctx).set.next_hop, Some(NextHopEdit::Unchanged));
}

#[test]
fn looks_sees_through_sub_policies() {
    let by_prefix = policy(vec![term(Cond::Prefix(vec![]), vec![], Flow::Accept)], AtEnd::Reject);
    let by_call = policy(vec![term(Cond::Not(Box::new(Cond::Apply(PolicyId(0)))), vec![], Flow::Accept)], AtEnd::Reject);
    let by_attrs = policy(vec![term(Cond::Metric(Compare::Eq, 1), vec![], Flow::Accept)], AtEnd::Reject);
    let by_place = policy(vec![term(Cond::Area(vec![0]), vec![], Flow::Accept)], AtEnd::Reject);
    let d = device(vec![by_prefix, by_call, by_attrs, by_place]);
    let looks = |n: u32| Looks::of_chain(&d, &chain(&[n], Verdict::Accept));
    assert_eq!(looks(1), Looks { prefix: true, ..Looks::default() });
    assert_eq!(looks(2), Looks::default());
    assert_eq!(looks(3), Looks { place: true, ..Looks::default() });
}

#[test]
fn route_types_have_families() {
    use crate::model::policy::RouteType as T;
    assert!(super::run::same_kind(T::External, T::BgpExternal) && super::run::same_kind(T::External, T::OspfN2));
    assert!(super::run::same_kind(T::Internal, T::BgpInternal) && !super::run::same_kind(T::Internal, T::BgpExternal));
    assert!(!super::run::same_kind(T::OspfE1, T::OspfE2));
}
