//! Each step of the decision, each alone.

use crate::model::bgp::BestPath;
use crate::model::platform::{BEST_PATH_CISCO, BestPathStep as Step};
use crate::protocols::bgp::Lost;
use crate::protocols::bgp::decide::{Decision, Facts, decide};
use crate::protocols::bgp::path::UNREACHABLE;
use crate::rib::Arena;

fn base() -> Facts {
    Facts {
        weight: 0,
        distance: 20,
        local_pref: 100,
        learned: 1,
        as_length: 2,
        as_path: Arena::new().as_paths.intern(Default::default()),
        origin: 0,
        med: 0,
        first_as: Some(65001),
        internal: 0,
        confed: false,
        metric: 0,
        clusters: 0,
        router_id: "9.9.9.9".parse().unwrap(),
        address: "192.0.2.9".parse().unwrap(),
        path_id: 0,
        next_hop: None,
        external: true,
    }
}

fn strict() -> BestPath {
    BestPath { deterministic_med: true, ..BestPath::default() }
}

/// `better` wins against `worse` at `step`, whichever comes first.
fn wins(step: Step, better: Facts, worse: Facts) {
    for (all, best) in [([better.clone(), worse.clone()], 0), ([worse, better], 1)] {
        let d = decide(BEST_PATH_CISCO, &strict(), &all);
        assert_eq!(d.best, Some(best), "{step:?}");
        assert_eq!(d.lost[1 - best], Some(Lost::Step(step)));
        assert_eq!(d.lost[best], None);
    }
}

#[test]
fn each_step_decides_alone() {
    wins(Step::Weight, Facts { weight: 1, ..base() }, base());
    wins(Step::LocalPref, Facts { local_pref: 101, ..base() }, base());
    wins(Step::LocalOrigin, Facts { learned: 0, ..base() }, base());
    wins(Step::AsPathLength, Facts { as_length: 1, ..base() }, base());
    wins(Step::Origin, base(), Facts { origin: 2, ..base() });
    wins(Step::Med, base(), Facts { med: 1, ..base() });
    wins(Step::ExternalOverInternal, base(), Facts { internal: 1, ..base() });
    wins(Step::IgpMetric, base(), Facts { metric: 1, ..base() });
    wins(Step::RouterId, Facts { router_id: "1.1.1.1".parse().unwrap(), ..base() }, base());
    wins(Step::ClusterListLength, base(), Facts { clusters: 1, ..base() });
    wins(Step::NeighborAddress, Facts { address: "192.0.2.1".parse().unwrap(), ..base() }, base());
    wins(Step::PathId, base(), Facts { path_id: 1, ..base() });
}

#[test]
fn confederation_external_before_internal_where_the_platform_says_so() {
    let inside = Facts { internal: 1, external: false, ..base() };
    let confed = Facts { confed: true, router_id: "10.0.0.1".parse().unwrap(), ..inside.clone() };
    let d = decide(&[Step::ConfedOverInternal, Step::RouterId], &strict(), &[inside.clone(), confed.clone()]);
    assert_eq!((d.best, d.lost[0]), (Some(1), Some(Lost::Step(Step::ConfedOverInternal))));
    assert_eq!(decide(BEST_PATH_CISCO, &strict(), &[inside, confed]).best, Some(0));
}

#[test]
fn steps_follow_the_platforms_order() {
    // Weight beats local preference beats AS-path length.
    let weight = Facts { weight: 1, local_pref: 1, as_length: 9, ..base() };
    let pref = Facts { local_pref: 200, as_length: 9, ..base() };
    let all = [base(), pref.clone(), weight];
    let d = decide(BEST_PATH_CISCO, &strict(), &all);
    assert_eq!((d.best, d.lost[0], d.lost[1]), (Some(2), Some(Lost::Step(Step::Weight)), Some(Lost::Step(Step::Weight))));
    // Another platform's order: the preference of the main table first.
    let d = decide(&[Step::Preference, Step::LocalPref], &strict(), &[Facts { distance: 10, ..base() }, pref]);
    assert_eq!(d.best, Some(0));
}

#[test]
fn med_counts_between_paths_of_one_neighbouring_as_only() {
    let a = Facts { med: 10, router_id: "3.3.3.3".parse().unwrap(), ..base() };
    let b = Facts { med: 20, router_id: "1.1.1.1".parse().unwrap(), ..base() };
    let c = Facts { med: 30, first_as: Some(65002), router_id: "2.2.2.2".parse().unwrap(), ..base() };
    let d = decide(BEST_PATH_CISCO, &strict(), &[a.clone(), b.clone(), c.clone()]);
    assert_eq!(d.best, Some(2));
    assert_eq!(d.lost[..2], [Some(Lost::Step(Step::RouterId)), Some(Lost::Step(Step::Med))]);
    assert!(!d.by_order);
    let always = BestPath { always_compare_med: true, ..strict() };
    assert_eq!(decide(BEST_PATH_CISCO, &always, &[a.clone(), b.clone(), c.clone()]).best, Some(0));
    // Pairwise in order of arrival the three make a circle: b beats c, c beats a, a beats b.
    let d = decide(BEST_PATH_CISCO, &BestPath::default(), &[a, b, c]);
    assert_eq!(d.best, Some(2));
    assert!(d.by_order);
}

#[test]
fn age_is_noted_not_guessed() {
    let other = Facts { router_id: "1.1.1.1".parse().unwrap(), ..base() };
    let d = decide(BEST_PATH_CISCO, &strict(), &[base(), other.clone()]);
    assert_eq!((d.best, d.by_age), (Some(1), true));
    let compare = BestPath { compare_router_id: true, ..strict() };
    assert!(!decide(BEST_PATH_CISCO, &compare, &[base(), other.clone()]).by_age);
    let inside = |f: Facts| Facts { external: false, internal: 1, ..f };
    assert!(!decide(BEST_PATH_CISCO, &strict(), &[inside(base()), inside(other)]).by_age);
}

#[test]
fn unreachable_next_hops_never_win() {
    let lost = Facts { metric: UNREACHABLE, weight: 9, ..base() };
    let d = decide(BEST_PATH_CISCO, &strict(), &[lost.clone(), base()]);
    assert_eq!((d.best, d.lost[0]), (Some(1), Some(Lost::NextHopUnreachable)));
    assert_eq!(decide(BEST_PATH_CISCO, &strict(), &[lost]).best, None);
    assert_eq!(decide(BEST_PATH_CISCO, &strict(), &[]), Decision::default());
}

#[test]
fn settings_switch_steps_off() {
    let long = Facts { as_length: 9, router_id: "1.1.1.1".parse().unwrap(), ..base() };
    assert_eq!(decide(BEST_PATH_CISCO, &BestPath { ignore_as_path: true, ..strict() }, &[base(), long]).best, Some(1));
    let far = Facts { metric: 9, router_id: "1.1.1.1".parse().unwrap(), ..base() };
    assert_eq!(decide(BEST_PATH_CISCO, &BestPath { ignore_igp_metric: true, ..strict() }, &[base(), far]).best, Some(1));
}
