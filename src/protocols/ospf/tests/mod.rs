//! OSPF on small networks, with exact routes.

mod areas;
mod external;
mod links;
