//! How full links are: demands pushed over the ECMP paths of a converged network.
//!
//! In: [`Demand`]s and a [`State`](crate::engine::State). Out: [`Loads`], bit/s per port and direction. Law: traffic splits evenly over the next
//! hops of each router, as routers hash flows. Start reading at [`spread::spread`]. Tests: in [`spread`].

pub mod answer;
pub mod demand;
pub mod plan;
pub mod spread;

use std::net::IpAddr;

use crate::base::Map;
use crate::model::network::NodeId;
use crate::topology::Port;

/// Traffic from a router to an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// The routing table at which it enters.
    pub from: NodeId,
    /// Where it goes.
    pub to: IpAddr,
    /// How much, in bit/s.
    pub bits: f64,
    /// How the demand file names it.
    pub name: String,
}

/// What the demands make of the links.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loads {
    /// bit/s that leave each port.
    pub out: Map<Port, f64>,
    /// Demands (by index) that do not arrive whole, with the bit/s lost and why.
    pub lost: Vec<(usize, f64, Loss)>,
}

/// Why traffic is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// A router on the way has no route.
    NoRoute(NodeId),
    /// A discard route on the way.
    Discard(NodeId),
    /// It runs in a circle through this router.
    Loop(NodeId),
    /// The entry router is down.
    EntryDown,
}
