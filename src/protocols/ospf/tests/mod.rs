//! OSPF on small networks, with exact routes.
