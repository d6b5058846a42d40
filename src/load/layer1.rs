//! `layer1_topology.json`, in Batfish's format: which interface is cabled to which.

use serde::Deserialize;

use super::names;
use crate::base::diag::{Code, Diagnostic, Severity};
use crate::base::error::Error;
use crate::base::span::{FileId, SourceFile, Span};
use crate::model::network::{Cable, Network};

#[derive(Deserialize)]
struct File {
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node1: End,
    node2: End,
}

#[derive(Deserialize)]
struct End {
    hostname: String,
    #[serde(rename = "interfaceName")]
    interface: String,
}

/// Reads the cables. An end that the network does not have is named in a diagnostic and its cable left out.
pub(super) fn read(
    network: &Network,
    id: FileId,
    file: &SourceFile,
    said: &[Diagnostic],
) -> Result<(Vec<Cable>, Vec<Diagnostic>), Error> {
    let parsed: File = super::json(file)?;
    let mut diagnostics = Vec::new();
    let mut cables = Vec::new();
    let places = super::places(file, "\"node1\"");
    for (n, edge) in parsed.edges.iter().enumerate() {
        let line = places.get(n).copied().unwrap_or(1);
        let ends = [&edge.node1, &edge.node2].map(|end| {
            let device = names::device(network, &end.hostname);
            let port = device.and_then(|d| Some((d, names::interface(&network.devices[d], &end.interface)?)));
            // A device whose config could not be read was already named.
            let named = said.iter().any(|d| d.device.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(&end.hostname)));
            if port.is_none() && !named {
                let (code, what) = match device {
                    None => ("T-layer1-device", format!("`{}` is no device of the snapshot", end.hostname)),
                    Some(_) => ("T-layer1-interface", format!("`{}` has no interface `{}`", end.hostname, end.interface)),
                };
                let span = Span { file: id, line, column: 1, length: 0 };
                diagnostics.push(
                    Diagnostic::new(Code(code), Severity::Warning, format!("{what}: its cable is left out"))
                        .at(span)
                        .help("the name must be that of the config's file or its hostname; the interface as in the config"),
                );
            }
            port
        });
        if let [Some(a), Some(b)] = ends
            && a != b
        {
            cables.push(Cable { a: a.min(b), b: a.max(b) });
        }
    }
    cables.sort_unstable();
    cables.dedup();
    diagnostics.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    diagnostics.dedup_by(|a, b| a.message == b.message);
    Ok((cables, diagnostics))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Device, Interface};

    fn network() -> Network {
        let device = |name: &str, port: &str| Device {
            name: name.into(),
            interfaces: std::iter::once(Interface { name: port.into(), ..Interface::default() }).collect(),
            ..Device::default()
        };
        Network::new(vec![device("r1", "GigabitEthernet0/1"), device("r2", "ge-0/0/0.0")], Default::default())
    }

    #[test]
    fn both_directions_make_one_cable_and_unknown_ends_are_said() {
        let end = |h: &str, i: &str| format!("{{\"hostname\": \"{h}\", \"interfaceName\": \"{i}\"}}");
        let edge = |a: String, b: String| format!("{{\"node1\": {a},\n\"node2\": {b}}}");
        let text = format!(
            "{{\"edges\": [\n{},\n{},\n{},\n{}]}}",
            edge(end("R1", "Gi0/1"), end("r2", "ge-0/0/0")),
            edge(end("r2", "ge-0/0/0"), end("r1", "GigabitEthernet0/1")),
            edge(end("r1", "Gi0/2"), end("r2", "ge-0/0/0")),
            edge(end("r1", "Gi0/1"), end("host", "eth0")),
        );
        let file = SourceFile::new("layer1_topology.json".into(), text);
        let (cables, diagnostics) = read(&network(), FileId(0), &file, &[]).unwrap();
        assert_eq!(cables.len(), 1);
        let said: Vec<_> = diagnostics.iter().map(|d| (d.code.0, d.span.unwrap().line)).collect();
        assert_eq!(said, [("T-layer1-interface", 6), ("T-layer1-device", 8)]);
    }

    #[test]
    fn a_bad_file_is_an_error_with_its_place() {
        for (text, place) in
            [("{\"edges\": [\n{]}", "l1.json:2:2"), ("[]", "l1.json:1:"), ("", "l1.json:1:0"), ("\u{fffd}", "l1.json:1:1")]
        {
            let file = SourceFile::new("l1.json".into(), text.into());
            let error = read(&network(), FileId(0), &file, &[]).unwrap_err().to_string();
            assert!(error.starts_with(place), "{error}");
        }
        let deep = SourceFile::new("l1.json".into(), format!("{{\"edges\": {}", "[".repeat(1_000_000)));
        assert!(read(&network(), FileId(0), &deep, &[]).is_err());
    }
}
