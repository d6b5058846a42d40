//! Many protocols' tables to one: the lowest distance wins, prefix by prefix and node by node.
