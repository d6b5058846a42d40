//! Labels of tunnels on their way: LDP and segment routing over PE – P – PE, from real syntax, and where the labels break.

#[path = "support/ran.rs"]
mod ran;

use nettwin::forward::filter::Packet;
use nettwin::forward::step::Forwarder;
use nettwin::forward::trace::trace;
use nettwin::questions::answer::Cell;
use ran::{Ran, ran};

/// What the traces of a packet say of its tunnel, and the notes on labels.
fn labels(ran: &Ran, from: &str, to: &str) -> (String, Vec<String>) {
    let node = ran.node(from, "C");
    let forwarder = Forwarder::new(&ran.network, &ran.state);
    let to = to.parse().unwrap();
    let found = trace(&ran.network, &ran.state, &forwarder, node, None, &Packet::echo(to, to));
    let answer = nettwin::questions::trace::answer(&ran.network, &ran.state, &found);
    let hops = answer.tables.iter().find(|t| t.name == "hops").unwrap();
    let column = hops.columns.iter().position(|c| *c == "tunnel").unwrap();
    let cell = hops.rows.iter().map(|r| text(&r.cells[column])).find(|t| !t.is_empty()).unwrap_or_default();
    let notes = answer.notes.into_iter().filter(|n| n.contains("label")).collect();
    (cell, notes)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(t) => t.clone(),
        _ => String::new(),
    }
}
