//! What protocols write and forwarding reads: interned attributes, routes, tables.
//!
//! In: routes from protocols. Out: [`Table`] per protocol and [`Rib`], the main tables. Law: prefix-major: a table is a
//! set of *columns*, one a prefix, that hold for each routing table ([`NodeId`](crate::model::NodeId)) the id of an interned [`Route`]. Routers
//! own no tables; a router's table is a row view. Ids are never ordered by (see `base::intern`).
//! Start reading at [`arena`], then [`table`]. Tests: beside each file.

pub mod arena;
pub mod attrs;
pub mod column;
mod kinds;
pub mod lookup;
pub mod merge;
mod places;
pub mod resolve;
pub mod route;
pub mod table;

pub use arena::{Arena, AsPathId, AttrsId, CommunitiesId, Detail, HopsId, PrefixId, RouteId, Way};
pub use attrs::{AsPath, BgpAttrs, Segment};
pub use column::{Change, Column};
pub use kinds::{KindId, Members, rank_of};
pub use lookup::Rib;
pub use route::{Encapsulation, Hop, Route, Tunnel};
pub use table::Table;
