//! The vendor-neutral network: plain data, one file a concept.
//!
//! In: what `vendors/<os>/lower` writes. Out: [`Network`]. Law: no syntax, no vendor names in logic; how an
//! OS *behaves* is data in [`platform`]. All inheritance (peer groups, templates, `apply-groups`) is already
//! flattened here, and all references are ids of the same [`Device`].
//! Start reading at [`network`], then [`device`].

pub mod align;
pub mod bgp;
pub mod change;
pub mod device;
pub mod eigrp;
pub mod extras;
pub mod filter;
pub mod interface;
pub mod isis;
pub mod mlag;
pub mod mpls;
pub mod network;
pub mod ospf;
pub mod platform;
pub mod platform_vpn;
pub mod policy;
pub mod rip;
pub mod route;
pub mod static_route;
pub mod told;
pub mod vector;
pub mod vrf;
pub mod vxlan;

pub use device::Device;
pub use interface::{Interface, InterfaceId};
pub use network::{DeviceId, Network, NodeId};
pub use platform::Platform;
pub use policy::{Policy, PolicyId};
pub use vrf::{Vrf, VrfId};
