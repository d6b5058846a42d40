//! Which sessions and adjacencies are up, and why the others are not.

use super::answer::{Answer, Table, Tone};
use crate::base::like;
use crate::cells;
use crate::engine::State;
use crate::model::network::Network;
use crate::protocols::session::{Session, SessionProtocol, SessionState};

/// Which sessions are wanted. Empty fields want all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Device names, `*` stands for anything.
    pub nodes: Vec<String>,
    /// Protocol words: `bgp`, `eigrp`, `isis`, `ospf` (both versions), `ospf3`.
    pub protocols: Vec<String>,
    /// Only those that are not up.
    pub not_up: bool,
}

impl Wanted {
    fn wants(&self, network: &Network, s: &Session) -> bool {
        let name = &network.device_of(s.node).name;
        let word = word(s.protocol);
        (self.nodes.is_empty() || self.nodes.iter().any(|n| like(n, name)))
            && (self.protocols.is_empty() || self.protocols.iter().any(|p| p == word || (p == "ospf" && word == "ospf3")))
    }
}

/// A protocol's word.
pub fn word(protocol: SessionProtocol) -> &'static str {
    match protocol {
        SessionProtocol::Bgp => "bgp",
        SessionProtocol::Eigrp => "eigrp",
        SessionProtocol::Isis => "isis",
        SessionProtocol::Ospf => "ospf",
        SessionProtocol::Ospf3 => "ospf3",
    }
}

/// One row a session and end.
pub fn answer(network: &Network, state: &State, wanted: &Wanted) -> Answer {
    let columns = ["node", "vrf", "protocol", "interface", "local", "peer", "neighbor", "state", "detail"];
    let mut table = Table::new("sessions", "", &columns).when_empty("no session matches");
    let mut counts = [0usize; 3];
    let mut sessions: Vec<&Session> = state.sessions().filter(|s| wanted.wants(network, s)).collect();
    sessions.sort_by_key(|s| (s.node, s.protocol, s.interface, s.peer, s.local));
    for s in sessions {
        let (device, vrf) = network.nodes()[s.node];
        let device = &network.devices[device];
        let (words, tone, detail, count) = match &s.state {
            SessionState::Up => ("up", Tone::Plain, s.detail.clone(), 0),
            SessionState::Outside => ("outside", Tone::Faint, joined("the neighbor is not in the snapshot", &s.detail), 1),
            SessionState::Down(why) => ("down", Tone::Bad, joined(&why.to_string(), &s.detail), 2),
        };
        counts[count] += 1;
        if wanted.not_up && s.state == SessionState::Up {
            continue;
        }
        let row = cells![
            &device.name,
            &device.vrfs[vrf].name,
            word(s.protocol),
            s.interface.and_then(|i| device.interfaces.get(i)).map(|i| i.name.to_string()),
            s.local.map(|a| a.to_string()),
            s.peer.map(|a| a.to_string()),
            s.peer_node.map(|n| network.node_name(n)),
            words,
            detail
        ];
        table.push(row).tone(tone).cite(&network.sources, s.origin);
    }
    Answer::of(table)
        .note(format!("{} session ends up, {} down, {} towards neighbors outside the snapshot.", counts[0], counts[2], counts[1]))
}

fn joined(a: &str, b: &str) -> String {
    if b.is_empty() { a.to_owned() } else { format!("{a} ({b})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::Origin;
    use crate::model::network::NodeId;
    use crate::model::{Device, Vrf};
    use crate::protocols::session::DownReason;
    use crate::questions::answer::Cell;

    #[test]
    fn a_down_session_says_why() {
        let vrfs = || std::iter::once(Vrf { name: "default".into(), ..Vrf::default() }).collect();
        let device = |n: &str| Device { name: n.into(), vrfs: vrfs(), ..Device::default() };
        let network = Network::new(vec![device("r1"), device("r2")], Default::default());
        let mut state = crate::engine::simulate(&network, &Default::default());
        let session = |node, state| Session {
            protocol: SessionProtocol::Bgp,
            node: NodeId(node),
            interface: None,
            local: None,
            peer: None,
            peer_node: Some(NodeId(1 - node)),
            detail: "AS 1".into(),
            state,
            origin: Origin::NONE,
        };
        state.set_sessions(vec![session(1, SessionState::Up), session(0, SessionState::Down(DownReason::BothPassive))]);
        let all = answer(&network, &state, &Wanted::default());
        assert_eq!(all.tables[0].rows.len(), 2);
        assert_eq!(all.tables[0].rows[0].cells[8], Cell::from("both ends wait for the other to connect (AS 1)"));
        assert_eq!(all.notes, ["1 session ends up, 1 down, 0 towards neighbors outside the snapshot."]);
        let down = Wanted { not_up: true, nodes: vec!["R*".into()], protocols: vec!["bgp".into()] };
        assert_eq!(answer(&network, &state, &down).tables[0].rows.len(), 1);
        let all_down = Wanted { not_up: true, ..Wanted::default() };
        assert_eq!(answer(&network, &state, &all_down).notes, all.notes);
        assert_eq!(answer(&network, &state, &Wanted { protocols: vec!["ospf".into()], ..down }).tables[0].rows.len(), 0);
    }
}
