//! The interners that all tables of a run share.

use ipnet::IpNet;

use super::attrs::{AsPath, BgpAttrs};
use super::route::{Hop, Route};
use crate::base::intern::Interner;
use crate::model::route::Community;

crate::define_id! {
    /// A destination.
    PrefixId;
    /// A sorted set of next hops.
    HopsId;
    /// A route without its prefix.
    RouteId;
    /// A bundle of BGP attributes.
    AttrsId;
    /// An AS path.
    AsPathId;
    /// A sorted set of communities.
    CommunitiesId;
}

impl HopsId {
    /// The empty set of next hops; every [`Arena`] has it first.
    pub const NONE: Self = Self(0);
}
impl AttrsId {
    /// "Not a BGP route".
    pub const NONE: Self = Self(u32::MAX);
}

/// What is asked of the tables of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// All that a router shows of its routes.
    #[default]
    Whole,
    /// Where packets go, and nothing else: metrics may be left out on which nothing hangs, as the MEDs of BGP routes mostly are. An Internet
    /// table has far fewer different routes then.
    Ways,
}

/// The next hops of a route, and the tunnels over which it leads if it does.
pub type Way = (HopsId, HopsId);

/// All interned values of a run. Shared by reference between threads and between a base run and its what-ifs.
#[derive(Default)]
pub struct Arena {
    /// Destinations, host bits zero.
    pub prefixes: Interner<PrefixId, IpNet>,
    /// Next-hop sets, each sorted and without repeats.
    pub hops: Interner<HopsId, Box<[Hop]>>,
    /// Routes.
    pub routes: Interner<RouteId, Route>,
    /// BGP attribute bundles.
    pub attrs: Interner<AttrsId, BgpAttrs>,
    /// AS paths.
    pub as_paths: Interner<AsPathId, AsPath>,
    /// Community sets, each sorted and without repeats.
    pub communities: Interner<CommunitiesId, Box<[Community]>>,
    /// What is asked of the tables.
    pub detail: Detail,
}

impl Arena {
    /// An arena that knows only the empty sets.
    pub fn new() -> Self {
        let arena = Self::default();
        arena.hops.intern(Box::default());
        arena.as_paths.intern(AsPath::default());
        arena.communities.intern(Box::default());
        arena
    }

    /// Interns a prefix; host bits are cut.
    pub fn prefix(&self, prefix: IpNet) -> PrefixId {
        self.prefixes.intern(prefix.trunc())
    }

    /// Interns a next-hop set: sorts it and removes repeats.
    pub fn hop_set(&self, mut hops: Vec<Hop>) -> HopsId {
        hops.sort_unstable();
        hops.dedup();
        self.hops.intern(hops.into_boxed_slice())
    }

    /// Interns a community set: sorts it and removes repeats.
    pub fn community_set(&self, mut communities: Vec<Community>) -> CommunitiesId {
        communities.sort_unstable();
        communities.dedup();
        self.communities.intern(communities.into_boxed_slice())
    }

    /// Whether a route leads through tunnels: then `via` holds them.
    pub fn through_tunnel(&self, route: &Route) -> bool {
        self.hops.get(route.via).iter().any(|h| h.tunnel.is_some())
    }

    /// What packets see of a route: those for which it is the same lead the same ways.
    pub fn way(&self, route: RouteId) -> Way {
        let route = self.routes.get(route);
        (route.hops, if self.through_tunnel(route) { route.via } else { HopsId::NONE })
    }

    /// The next hops of a route.
    pub fn hops_of(&self, route: &Route) -> &[Hop] {
        self.hops.get(route.hops)
    }
}

impl std::fmt::Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arena")
            .field("prefixes", &self.prefixes.len())
            .field("hops", &self.hops.len())
            .field("routes", &self.routes.len())
            .field("attrs", &self.attrs.len())
            .finish_non_exhaustive()
    }
}
