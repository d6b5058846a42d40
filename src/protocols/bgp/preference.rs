//! Where a router can be made to prefer a path that is longer for everybody else. Without that there is one fixed point, which is reached from
//! any start (shortest paths); with it there may be more, even where nobody has such a choice at rest, and which one is reached depends on the
//! start (RFC 4264).
//!
//! In: the sessions inside the network and their policies. Out: by family, whether there is such a session. Tests: `tests/change.rs`.

use super::speakers::{Graph, Kind, Speaker};
use crate::base::Map;
use crate::model::device::Device;
use crate::model::network::DeviceId;
use crate::model::policy::{Action, PolicyChain, PolicyId};
use crate::model::route::Family;

/// By family: some session inside the network can make a router prefer a longer path.
pub(super) fn prefers(graph: &Graph<'_>) -> [bool; 2] {
    [Family::V4, Family::V6].map(|f| prefers_in(graph, f))
}

/// What holds for one or the other.
pub(super) fn either(a: [bool; 2], b: [bool; 2]) -> [bool; 2] {
    [a[0] || b[0], a[1] || b[1]]
}

/// Whether some session inside the network can make a router prefer a path that is longer for everybody else.
fn prefers_in(graph: &Graph<'_>, f: Family) -> bool {
    let mut asked: Map<(DeviceId, PolicyId), bool> = Map::default();
    let by_policy = |speaker: &Speaker<'_>, chain: &PolicyChain, asked: &mut Map<(DeviceId, PolicyId), bool>| {
        chain.policies.iter().any(|p| *asked.entry((speaker.device, *p)).or_insert_with(|| gives_preference(speaker.of, *p)))
    };
    graph.ends.iter_ids().filter(|(_, end)| end.far.is_some()).any(|(e, end)| {
        let Some(nf) = graph.family(e, f) else { return false };
        let speaker = &graph.speakers[end.speaker];
        // RFC 8326: the lowest preference goes inside.
        speaker.bgp.graceful_shutdown && end.kind == Kind::Internal
            || nf.weight.is_some()
            || nf.local_preference.is_some()
            || nf.metric_out.is_some()
            || nf.import.iter().chain(&nf.export).any(|c| by_policy(speaker, c, &mut asked))
    })
}

/// Whether a policy, or one that it names, does more than refuse routes, lengthen their paths and mark them.
fn gives_preference(device: &Device, policy: PolicyId) -> bool {
    let (mut seen, mut open) = (Vec::new(), vec![policy]);
    while let Some(p) = open.pop() {
        let Some(policy) = device.policies.get(p).filter(|_| !seen.contains(&p)) else { continue };
        seen.push(p);
        for term in &policy.terms {
            let harmless = |a: &Action| {
                matches!(
                    a,
                    Action::Prepend(_) | Action::PrependLast(_) | Action::PrependOwn(_) | Action::Tag(_) | Action::Community(_)
                )
            };
            if !term.actions.iter().all(harmless) {
                return true;
            }
            open.extend(term.when.policies());
        }
    }
    false
}
