//! `nettwin gen wan`: a provider backbone with two levels of reflectors, edge sessions and an Internet table.
//!
//! In: flags, a seed. Out: routers with links and sessions, announcements. Law: the same flags give the same bytes. Start reading at [`plan`];
//! `wan_text` writes the files.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Igp;

/// How large it is.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct WanArgs {
    /// Routers, reflectors among them: 10 to 20,000
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub routers: u32,
    /// Routers of a region, which has two reflectors of its own
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub region: u32,
    /// Sessions with neighbours outside: transit, peers and customers
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub sessions: u32,
    /// IPv4 prefixes of the Internet table
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub prefixes: u32,
    /// IPv6 prefixes of the Internet table
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub prefixes_v6: u32,
    /// Takes the table from an MRT file (TABLE_DUMP_V2, unpacked) instead of making one up
    #[arg(long, value_name = "FILE")]
    pub mrt: Option<std::path::PathBuf>,
    /// The interior routing protocol
    #[arg(long, value_enum, default_value_t = Igp::Isis)]
    pub igp: Igp,
    /// Another seed gives another network
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// The folder to write; it must be empty or new
    #[arg(long, value_name = "DIR")]
    pub out: std::path::PathBuf,
}

/// What a router is to BGP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A reflector of reflectors.
    Top,
    /// A reflector of its region.
    Regional,
    /// A client.
    Client,
}

/// What a neighbour outside is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Transit,
    Peer,
    Customer,
}

/// A router.
#[derive(Debug, Clone)]
pub(super) struct Router {
    pub name: String,
    pub role: Role,
    pub region: u32,
    pub loopback: Ipv4Addr,
    /// Far router, its port, own address, metric.
    pub ports: Vec<(usize, usize, Ipv4Addr, u32)>,
    /// iBGP neighbours; whether they are clients.
    pub internal: Vec<(usize, bool)>,
    /// Sessions with neighbours outside: which.
    pub outside: Vec<usize>,
}

/// A session with a neighbour outside.
#[derive(Debug, Clone)]
pub(super) struct Outside {
    pub relation: Relation,
    pub asn: u32,
    /// Ours and theirs, a /31.
    pub addresses: (Ipv4Addr, Ipv4Addr),
    /// Ours and theirs, a /127.
    pub addresses_v6: (Ipv6Addr, Ipv6Addr),
}

/// A route from outside.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    pub session: usize,
    pub path: Vec<u32>,
    pub communities: Vec<u32>,
    pub med: Option<u32>,
}

/// The network without its table.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub igp: Igp,
    pub routers: Vec<Router>,
    pub outside: Vec<Outside>,
    pub links: usize,
}

/// A small generator whose numbers no release changes (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
    /// Small numbers more often than large ones.
    fn skewed(&mut self, n: usize) -> usize {
        self.below(n).min(self.below(n)).min(self.below(n))
    }
}

/// Routers, links and sessions.
pub(super) fn plan(args: &WanArgs) -> Plan {
    let mut dice = Dice::new(args.seed);
    let regions = args.routers.div_ceil(args.region.max(6)).max(1) as usize;
    let mut routers: Vec<Router> = Vec::new();
    for n in 0..args.routers as usize {
        let (region, place) = (n % regions, n / regions);
        let role = match place {
            0 if region < 2 => Role::Top,
            1 | 2 => Role::Regional,
            _ => Role::Client,
        };
        let name = match role {
            Role::Top => format!("top-rr-{region}"),
            Role::Regional => format!("rr-{region}-{place}"),
            Role::Client => format!("r-{region}-{place}"),
        };
        let loopback = Ipv4Addr::from(0xac10_0001 + n as u32);
        routers.push(Router { name, role, region: region as u32, loopback, ports: vec![], internal: vec![], outside: vec![] });
    }
    // A single region has one router at its first place: the second reflector of reflectors is another.
    if regions == 1
        && let Some(r) = routers.get_mut(3)
    {
        (r.role, r.name) = (Role::Top, "top-rr-1".to_owned());
    }
    let links = wire(&mut routers, regions, &mut dice);
    reflect(&mut routers);
    let outside = edges(&mut routers, args, &mut dice);
    Plan { igp: args.igp, routers, outside, links }
}

/// A ring and some chords in each region; two routers of each region on a ring of regions with chords.
fn wire(routers: &mut [Router], regions: usize, dice: &mut Dice) -> usize {
    let mut count = 0u32;
    let mut join = |routers: &mut [Router], a: usize, b: usize, metric: u32| {
        if a == b || routers[a].ports.iter().any(|p| p.0 == b) {
            return;
        }
        let low = Ipv4Addr::from(0x6440_0000 + count * 2);
        let high = Ipv4Addr::from(0x6440_0001 + count * 2);
        let (pa, pb) = (routers[a].ports.len(), routers[b].ports.len());
        routers[a].ports.push((b, pb, low, metric));
        routers[b].ports.push((a, pa, high, metric));
        count += 1;
    };
    let of_region = |r: usize, n: usize| (r..n).step_by(regions).collect::<Vec<_>>();
    for r in 0..regions {
        let mine = of_region(r, routers.len());
        for n in 0..mine.len() {
            join(routers, mine[n], mine[(n + 1) % mine.len()], 10 + dice.below(10) as u32);
            if dice.below(10) < 9 {
                let far = mine[dice.below(mine.len())];
                join(routers, mine[n], far, 20 + dice.below(20) as u32);
            }
        }
    }
    for r in 0..regions {
        for step in [1, 2, 5] {
            let (here, there) = (of_region(r, routers.len()), of_region((r + step) % regions, routers.len()));
            for _ in 0..2 {
                let (a, b) = (here[dice.below(here.len())], there[dice.below(there.len())]);
                join(routers, a, b, 50 + dice.below(100) as u32);
            }
        }
    }
    count as usize
}

/// iBGP: clients to the reflectors of their region, those to the two at the top, those to each other.
fn reflect(routers: &mut [Router]) {
    let tops: Vec<usize> = (0..routers.len()).filter(|r| routers[*r].role == Role::Top).collect();
    let regional: Vec<usize> = (0..routers.len()).filter(|r| routers[*r].role == Role::Regional).collect();
    for r in 0..routers.len() {
        let above: Vec<usize> = match routers[r].role {
            Role::Top => continue,
            Role::Regional => tops.clone(),
            Role::Client => regional.iter().copied().filter(|x| routers[*x].region == routers[r].region).collect(),
        };
        for a in above {
            routers[r].internal.push((a, false));
            routers[a].internal.push((r, true));
        }
    }
    for &a in &tops {
        for &b in &tops {
            if a != b {
                routers[a].internal.push((b, false));
            }
        }
    }
}

fn edges(routers: &mut [Router], args: &WanArgs, dice: &mut Dice) -> Vec<Outside> {
    let clients: Vec<usize> = (0..routers.len()).filter(|r| routers[*r].role == Role::Client).collect();
    let mut out = Vec::new();
    for n in 0..args.sessions as usize {
        let relation = match n {
            0..4 => Relation::Transit,
            _ if n % 4 == 0 => Relation::Peer,
            _ => Relation::Customer,
        };
        let Some(&router) = clients.get(dice.below(clients.len())) else { break };
        let low = 0xc612_0000 + n as u32 * 2; // 198.18.0.0/15, RFC 2544
        let v6 = 0x2001_0db8_ffff_0000_0000_0000_0000_0000_u128 + n as u128 * 2;
        let asn = match relation {
            Relation::Transit => 3000 + n as u32,
            Relation::Peer => 20_000 + n as u32,
            Relation::Customer => 60_000 + n as u32,
        };
        routers[router].outside.push(n);
        let addresses = (Ipv4Addr::from(low), Ipv4Addr::from(low + 1));
        out.push(Outside { relation, asn, addresses, addresses_v6: (Ipv6Addr::from(v6), Ipv6Addr::from(v6 + 1)) });
    }
    out
}

/// An Internet table: `each` gets a prefix with all who announce it. Origins have many prefixes or few; prefixes of one origin
/// share a handful of path and community bundles, as in the real table.
pub(super) fn table(plan: &Plan, args: &WanArgs, each: &mut dyn FnMut(IpNet, &[Heard])) {
    let mut dice = Dice::new(args.seed ^ 0x7ab1e);
    let of = |r: Relation| (0..plan.outside.len()).filter(move |s| plan.outside[*s].relation == r).collect::<Vec<_>>();
    let (transit, peers, customers) = (of(Relation::Transit), of(Relation::Peer), of(Relation::Customer));
    let origins = (args.prefixes as usize / 14).max(1);
    let mut bundles: Vec<Vec<Heard>> = Vec::new();
    for origin in 0..origins {
        for variety in 0..1 + dice.skewed(4) {
            bundles.push(bundle(plan, [&transit, &peers, &customers], origin, variety, &mut dice));
        }
    }
    let (mut v4, mut v6) = (0u32, 0u32);
    while v4 + v6 < args.prefixes + args.prefixes_v6 {
        let bundle = &bundles[dice.skewed(bundles.len())];
        if v4 < args.prefixes {
            each(prefix_v4(v4, &mut dice), bundle);
            v4 += 1;
        }
        if v6 < args.prefixes_v6 {
            let net = (0x2400_u128 << 112) + (u128::from(v6) << 80);
            each(Ipv6Net::new_assert(Ipv6Addr::from(net), 48).into(), bundle);
            v6 += 1;
        }
    }
}

/// From 16.0.0.0 up, mostly /24s, each inside a /22 of its own number.
fn prefix_v4(n: u32, dice: &mut Dice) -> IpNet {
    let length = [24, 24, 24, 24, 24, 24, 23, 23, 22, 22][dice.below(10)];
    let net = 0x1000_0000u32.wrapping_add(n << 10);
    Ipv4Net::new_assert(Ipv4Addr::from(net), length).trunc().into()
}

fn bundle(plan: &Plan, kinds: [&[usize]; 3], origin: usize, variety: usize, dice: &mut Dice) -> Vec<Heard> {
    let [transit, peers, customers] = kinds;
    let origin_as = 100_000 + origin as u32;
    let mut out: Vec<Heard> = Vec::new();
    let mut hear = |session: usize, between: usize, dice: &mut Dice| {
        if out.iter().any(|h| h.session == session) {
            return;
        }
        let first = plan.outside[session].asn;
        let mut path = vec![first];
        path.extend((0..between).map(|_| 30_000 + dice.skewed(2000) as u32));
        // Prepending is common.
        let times = if dice.below(8) == 0 { 2 + dice.below(3) } else { 1 };
        path.extend(std::iter::repeat_n(origin_as, times));
        let mut communities: Vec<u32> = (0..dice.below(4)).map(|_| (first & 0xffff) << 16 | dice.skewed(300) as u32).collect();
        communities.sort_unstable();
        communities.dedup();
        let med = (dice.below(6) == 0).then(|| 10 * dice.below(20) as u32);
        out.push(Heard { session, path, communities, med });
    };
    for &t in transit {
        let between = 1 + (variety + dice.below(3)) % 4;
        hear(t, between, dice);
    }
    if !peers.is_empty() && dice.below(3) == 0 {
        for _ in 0..1 + dice.below(3) {
            let p = peers[dice.below(peers.len())];
            let between = dice.below(2);
            hear(p, between, dice);
        }
    }
    if !customers.is_empty() && dice.below(12) == 0 {
        let c = customers[dice.below(customers.len())];
        hear(c, 0, dice);
    }
    out
}

/// The address of a session in a prefix's family.
pub(super) fn peer_address(s: &Outside, v6: bool) -> IpAddr {
    if v6 { s.addresses_v6.1.into() } else { s.addresses.1.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(routers: u32, seed: u64) -> WanArgs {
        WanArgs {
            routers,
            region: 20,
            sessions: 30,
            prefixes: 500,
            prefixes_v6: 50,
            mrt: None,
            igp: Igp::Isis,
            seed,
            out: Default::default(),
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_network() {
        let text = |seed| {
            let a = args(100, seed);
            let plan = plan(&a);
            let mut routes = Vec::new();
            table(&plan, &a, &mut |p, h| routes.push(format!("{p} {h:?}")));
            assert_eq!(routes.len(), 550);
            format!("{plan:?} {routes:?}")
        };
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }

    #[test]
    fn reflectors_stand_in_two_levels() {
        for (routers, regions) in [(100, 5), (20, 1), (1000, 50)] {
            let plan = plan(&args(routers, 1));
            let of = |role| plan.routers.iter().filter(|r| r.role == role).collect::<Vec<_>>();
            assert_eq!((of(Role::Top).len(), of(Role::Regional).len()), (2, 2 * regions), "{routers}");
            assert!(of(Role::Client).iter().all(|r| r.internal.len() == 2 && r.internal.iter().all(|i| !i.1)));
            assert!(of(Role::Top).iter().all(|r| r.internal.len() == 2 * regions + 1));
            // Both ends of each link agree.
            for (n, r) in plan.routers.iter().enumerate() {
                assert!(
                    r.ports
                        .iter()
                        .enumerate()
                        .all(|(i, p)| plan.routers[p.0].ports[p.1].0 == n && plan.routers[p.0].ports[p.1].1 == i)
                );
            }
        }
    }
}
