//! A session or adjacency of any protocol, and why it is not up.

use std::cmp::Ordering;
use std::net::IpAddr;
use std::sync::Arc;

use crate::base::span::Origin;
use crate::model::device::{Device, Name};
use crate::model::interface::InterfaceId;
use crate::model::network::NodeId;

/// A session as one of its ends sees it. An end that hears nobody has a session without `peer_node`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The protocol.
    pub protocol: SessionProtocol,
    /// The end that is speaking.
    pub node: NodeId,
    /// Its interface, for adjacencies and unnumbered sessions.
    pub interface: Option<InterfaceId>,
    /// Its own address on the session.
    pub local: Option<IpAddr>,
    /// The neighbour's address.
    pub peer: Option<IpAddr>,
    /// The neighbour, if it is in the network.
    pub peer_node: Option<NodeId>,
    /// What the protocol adds for people: `area 0`, `level 2`, `AS 65001, ipv4 ipv6`.
    pub detail: String,
    /// Up, or why not.
    pub state: SessionState,
    /// The config line that makes it.
    pub origin: Origin,
}

/// Sessions in order. A what-if shares most of them with its base.
#[derive(Debug, Clone, Default)]
pub struct Sessions {
    all: Arc<Vec<Session>>,
    /// Positions of `all` that do not count, in order.
    without: Vec<usize>,
    /// Others, each in front of a position of `all`, in order.
    with: Vec<(usize, Session)>,
}

impl From<Vec<Session>> for Sessions {
    fn from(all: Vec<Session>) -> Self {
        Self { all: Arc::new(all), ..Self::default() }
    }
}

impl Extend<Session> for Sessions {
    fn extend<I: IntoIterator<Item = Session>>(&mut self, more: I) {
        if self.without.is_empty() && self.with.is_empty() {
            Arc::make_mut(&mut self.all).extend(more);
        } else {
            let end = self.all.len();
            self.with.extend(more.into_iter().map(|s| (end, s)));
        }
    }
}

impl Sessions {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Session> {
        let (mut at, mut without, mut with) = (0, self.without.iter().peekable(), self.with.iter().peekable());
        std::iter::from_fn(move || {
            loop {
                if let Some((_, s)) = with.next_if(|w| w.0 <= at) {
                    return Some(s);
                }
                at += 1;
                if without.next_if_eq(&&(at - 1)).is_none() {
                    return self.all.get(at - 1);
                }
            }
        })
    }

    /// The same with others in place of some: the first position, how many, and those. `None`: these are not as they were made.
    pub(crate) fn replaced(&self, mut changes: Vec<(usize, usize, Vec<Session>)>) -> Option<Self> {
        if !self.without.is_empty() || !self.with.is_empty() {
            return None;
        }
        changes.sort_by_key(|c| c.0);
        let without = changes.iter().flat_map(|c| c.0..c.0 + c.1).collect();
        let with = changes.into_iter().flat_map(|(first, _, more)| more.into_iter().map(move |s| (first, s))).collect();
        Some(Self { all: Arc::clone(&self.all), without, with })
    }

    /// The same without those at some positions (in order), and with others. These must have neither yet.
    pub(crate) fn with(&self, without: &[usize], more: Vec<Session>, order: impl Fn(&Session, &Session) -> Ordering) -> Self {
        let place = |s: Session| (self.all.partition_point(|x| order(x, &s).is_lt()), s);
        let mut with: Vec<(usize, Session)> = more.into_iter().map(place).collect();
        with.sort_by(|a, b| order(&a.1, &b.1));
        Self { all: Arc::clone(&self.all), without: without.to_vec(), with }
    }
}

/// Whether the authentication of two ends may agree. That only one of them has any is a mismatch. Texts are compared between devices that
/// write them the same way, unless one holds a `?` (an encrypted key, whose text differs for the same key): a wrong "differs" would take down
/// what is up.
pub(crate) fn secrets_agree(a: (&Device, Option<&Name>), b: (&Device, Option<&Name>)) -> bool {
    match (a.1, b.1) {
        (None, None) => true,
        (Some(x), Some(y)) => x == y || a.0.os != b.0.os || x.contains('?') || y.contains('?'),
        _ => false,
    }
}

/// A protocol that has sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum SessionProtocol {
    Bgp,
    Eigrp,
    Isis,
    Ospf,
    Ospf3,
}

/// Whether a session is up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// Established, or a full adjacency (2-way between two others on a LAN counts).
    Up,
    /// The neighbour is outside the snapshot: nothing can be said.
    Outside,
    /// Not up, and why.
    Down(DownReason),
}

/// Why a session is not up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum DownReason {
    #[error("the interface is down")]
    InterfaceDown,
    #[error("the session is shut down in the config")]
    Shutdown,
    #[error("the other side has shut the session down")]
    PeerShutdown,
    #[error("no neighbour speaks the protocol on this segment")]
    NobodyThere,
    #[error("the neighbour's interface is passive")]
    PeerPassive,
    #[error("no router on the segment may become designated router: all priorities are 0")]
    NoDesignatedRouter,
    #[error("address families differ: {0} here, {1} there")]
    FamilyMismatch(String, String),
    #[error("the two interfaces share no subnet")]
    NoCommonSubnet,
    #[error("the neighbour has no session configured back to {0}")]
    NotConfiguredBack(String),
    #[error("AS mismatch: {expected} is configured, the neighbour is AS {actual}")]
    AsMismatch { expected: String, actual: u32 },
    #[error("no remote AS is configured")]
    NoRemoteAs,
    #[error("area mismatch: {0} here, {1} there")]
    AreaMismatch(String, String),
    #[error("area type mismatch: {0} here, {1} there")]
    AreaTypeMismatch(String, String),
    #[error("EIGRP AS mismatch: {0} here, {1} there")]
    EigrpAsMismatch(u16, u16),
    #[error("K values differ: {0} here, {1} there")]
    KValueMismatch(String, String),
    #[error("hello interval mismatch: {0} s here, {1} s there")]
    HelloMismatch(u32, u32),
    #[error("dead interval mismatch: {0} s here, {1} s there")]
    DeadMismatch(u32, u32),
    #[error("MTU mismatch: {0} here, {1} there")]
    MtuMismatch(u32, u32),
    #[error("authentication differs")]
    AuthMismatch,
    #[error("network type mismatch: {0} here, {1} there")]
    NetworkTypeMismatch(String, String),
    #[error("both ends have router id {0}")]
    DuplicateRouterId(std::net::Ipv4Addr),
    #[error("no router id: there is no IPv4 address to take it from")]
    NoRouterId,
    #[error("no common level: {0} here, {1} there")]
    LevelMismatch(String, String),
    #[error("level 1 area mismatch: {0} here, {1} there")]
    IsisAreaMismatch(String, String),
    #[error("both ends have system id {0}")]
    DuplicateSystemId(String),
    #[error("no route to {0}")]
    NoRoute(IpAddr),
    #[error("{0} is not directly connected, and the session is not multihop")]
    NotConnected(IpAddr),
    #[error("the neighbour is {hops} hops away; the TTL allows {allowed}")]
    TtlTooLow { hops: u32, allowed: u32 },
    #[error("the update source has no address")]
    NoLocalAddress,
    #[error("both ends wait for the other to connect")]
    BothPassive,
    #[error("no address family is active on both ends")]
    NoCommonFamily,
    #[error("the neighbour's address is in VRF {0}, not in this one")]
    VrfMismatch(String),
    #[error("the address is this device's own")]
    OwnAddress,
    #[error("packets to the neighbour are dropped by a filter")]
    Filtered,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_replaced_in_their_places() {
        let named = |name: &str| Session {
            protocol: SessionProtocol::Ospf,
            node: NodeId(0),
            interface: None,
            local: None,
            peer: None,
            peer_node: None,
            detail: name.to_owned(),
            state: SessionState::Up,
            origin: Origin::NONE,
        };
        let all: Sessions = ["a", "b", "c", "d"].map(named).to_vec().into();
        let said = |s: &Sessions| s.iter().map(|s| s.detail.clone()).collect::<String>();
        let changed = all.replaced(vec![(3, 1, vec![named("z")]), (0, 2, vec![named("x"), named("y")])]).unwrap();
        assert_eq!((said(&changed), said(&all)), ("xycz".to_owned(), "abcd".to_owned()));
        assert_eq!(said(&all.replaced(vec![(1, 1, Vec::new()), (2, 1, vec![named("x"), named("y")])]).unwrap()), "axyd");
        assert!(changed.replaced(Vec::new()).is_none());
    }

    #[test]
    fn secrets_are_compared_where_they_can_be() {
        let device = |os| Device { os, ..Device::default() };
        let (a, b) = (device("frr"), device("cisco_ios"));
        let (x, y, hidden): (Name, Name, Name) = ("md5 x".into(), "md5 y".into(), "md5 ?".into());
        assert!(secrets_agree((&a, None), (&a, None)));
        assert!(!secrets_agree((&a, Some(&x)), (&b, None)));
        assert!(!secrets_agree((&a, Some(&x)), (&a, Some(&y))));
        assert!(secrets_agree((&a, Some(&x)), (&a, Some(&x))));
        assert!(secrets_agree((&a, Some(&x)), (&b, Some(&y))));
        assert!(secrets_agree((&a, Some(&x)), (&a, Some(&hidden))));
    }
}
