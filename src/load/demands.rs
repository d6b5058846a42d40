//! Traffic matrices: CSV, REPETITA `.demands`, SNDlib (native and XML).
//!
//! CSV: a header with the columns `from`, `to` and one of `bps`, `kbps`, `mbps`, `gbps`; `#` starts a comment. REPETITA: kbit/s, and
//! nodes are numbers: labels of a `.graph` file of the same stem beside it, else devices in order of name. SNDlib: Mbit/s.

use std::path::Path;

use crate::base::error::Error;
use crate::model::extras::TrafficDemand;
use crate::model::network::Network;

/// Reads a traffic matrix file. `network` gives REPETITA's node numbers their names.
///
/// # Errors
/// When the file cannot be read or has no demands of a known form: with the line.
pub fn read(path: &Path, network: &Network) -> Result<Vec<TrafficDemand>, Error> {
    let shown = path.display().to_string();
    let text = super::text(path)?;
    let first = text.trim_start();
    if first.starts_with("DEMANDS ") && !first.starts_with("DEMANDS (") {
        let labels = match std::fs::read_to_string(graph_beside(path)) {
            Ok(graph) => labels(&graph),
            Err(_) => network.devices.iter().filter(|d| !d.absent).map(|d| d.name.to_string()).collect(),
        };
        return repetita(&shown, &text, &labels);
    }
    if first.starts_with("?SNDlib") || first.starts_with("DEMANDS (") {
        return sndlib(&shown, &text);
    }
    if first.starts_with("<?xml") || first.starts_with("<network") {
        return sndlib_xml(&shown, &text);
    }
    csv(&shown, &text)
}

/// REPETITA names demands `X.0000.demands` and the graph `X.graph`.
fn graph_beside(path: &Path) -> std::path::PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let stem = match stem.rsplit_once('.') {
        Some((name, number)) if number.bytes().all(|b| b.is_ascii_digit()) => name.to_owned(),
        _ => stem,
    };
    path.with_file_name(format!("{stem}.graph"))
}

fn labels(graph: &str) -> Vec<String> {
    let mut lines = graph.lines().skip_while(|l| !l.starts_with("NODES"));
    lines.next();
    lines.next();
    lines
        .take_while(|l| !l.trim().is_empty() && !l.starts_with("EDGES"))
        .filter_map(|l| l.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn bad(path: &str, line: usize, message: impl Into<String>) -> Error {
    Error::Format { path: format!("{path}:{line}"), message: message.into() }
}

fn amount(path: &str, line: usize, word: &str, factor: f64) -> Result<f64, Error> {
    match word.parse::<f64>() {
        Ok(n) if n.is_finite() && n >= 0.0 => Ok(n * factor),
        _ => Err(bad(path, line, format!("`{word}` is no amount of traffic"))),
    }
}

fn csv(path: &str, text: &str) -> Result<Vec<TrafficDemand>, Error> {
    let mut lines = text.lines().zip(1usize..).filter(|(l, _)| !l.trim().is_empty() && !l.trim_start().starts_with('#'));
    let wanted = "the first line must name the columns: from,to,mbps";
    let Some((header, line)) = lines.next() else { return Err(bad(path, 1, format!("the file is empty; {wanted}"))) };
    let columns: Vec<String> = cells(header).iter().map(|c| c.to_ascii_lowercase()).collect();
    let column = |names: &[&str]| columns.iter().position(|c| names.contains(&c.as_str()));
    let units = [("bps", 1.0), ("kbps", 1e3), ("mbps", 1e6), ("gbps", 1e9)];
    let unit = units.iter().find_map(|(name, factor)| Some((column(&[name])?, *factor)));
    let (Some(from), Some(to), Some((volume, factor))) =
        (column(&["from", "src", "source"]), column(&["to", "dst", "destination"]), unit)
    else {
        return Err(bad(path, line, wanted));
    };
    lines
        .map(|(text, line)| {
            let cells = cells(text);
            let cell = |n: usize| {
                cells.get(n).map(|c| c.trim()).filter(|c| !c.is_empty()).ok_or_else(|| {
                    bad(path, line, format!("there is no `{}`; the header has {} columns", columns[n], columns.len()))
                })
            };
            Ok(TrafficDemand {
                from: cell(from)?.to_owned(),
                to: cell(to)?.to_owned(),
                bits: amount(path, line, cell(volume)?, factor)?,
                place: format!("{path}:{line}"),
            })
        })
        .collect()
}

fn cells(line: &str) -> Vec<String> {
    line.split([',', ';', '\t']).map(|c| c.trim().trim_matches('"').to_owned()).collect()
}

fn repetita(path: &str, text: &str, labels: &[String]) -> Result<Vec<TrafficDemand>, Error> {
    let node = |line: usize, word: &str| {
        let n: usize = word.parse().map_err(|_| bad(path, line, format!("`{word}` is no node number")))?;
        labels.get(n).cloned().ok_or_else(|| bad(path, line, format!("node {n}: there are only {} nodes", labels.len())))
    };
    let mut out = Vec::new();
    for (text, line) in text.lines().zip(1usize..).skip_while(|(l, _)| !l.starts_with("DEMANDS")).skip(2) {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [_, from, to, volume] => out.push(TrafficDemand {
                from: node(line, from)?,
                to: node(line, to)?,
                bits: amount(path, line, volume, 1e3)?,
                place: format!("{path}:{line}"),
            }),
            _ => return Err(bad(path, line, "a demand is `label src dest bw`")),
        }
    }
    Ok(out)
}

/// `id ( from to ) unit value limit`, inside `DEMANDS ( … )`.
fn sndlib(path: &str, text: &str) -> Result<Vec<TrafficDemand>, Error> {
    let mut out = Vec::new();
    let start = |l: &str| l.trim_start().starts_with("DEMANDS") && l.contains('(');
    for (text, line) in text.lines().zip(1usize..).skip_while(|(l, _)| !start(l)).skip(1) {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            [")"] => break,
            [_, "(", from, to, ")", _, volume, ..] => out.push(TrafficDemand {
                from: (*from).to_owned(),
                to: (*to).to_owned(),
                bits: amount(path, line, volume, 1e6)?,
                place: format!("{path}:{line}"),
            }),
            _ => return Err(bad(path, line, "a demand is `id ( from to ) unit value limit`")),
        }
    }
    Ok(out)
}

fn sndlib_xml(path: &str, text: &str) -> Result<Vec<TrafficDemand>, Error> {
    let tag = |part: &str, name: &str| {
        let (_, rest) = part.split_once(&format!("<{name}>"))?;
        Some(rest.split_once("</")?.0.trim().to_owned())
    };
    let mut out = Vec::new();
    let mut line = 1;
    for (n, part) in text.split("<demand ").enumerate() {
        if n > 0 {
            match (tag(part, "source"), tag(part, "target"), tag(part, "demandValue")) {
                (Some(from), Some(to), Some(volume)) => {
                    let bits = amount(path, line, &volume, 1e6)?;
                    out.push(TrafficDemand { from, to, bits, place: format!("{path}:{line}") });
                }
                _ => return Err(bad(path, line, "a demand needs `source`, `target` and `demandValue`")),
            }
        }
        line += part.matches('\n').count();
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(d: &[TrafficDemand]) -> Vec<(&str, &str, f64, &str)> {
        d.iter().map(|d| (&*d.from, &*d.to, d.bits, &*d.place)).collect()
    }

    #[test]
    fn csv_with_columns_in_any_order() {
        let d = csv("d.csv", "# traffic\nto,kbps,from\n10.0.0.0/24,1500,r1\n\nr3 , 2, r2\n").unwrap();
        assert_eq!(short(&d), [("r1", "10.0.0.0/24", 1.5e6, "d.csv:3"), ("r2", "r3", 2e3, "d.csv:5")]);
        let error = |text: &str| csv("d.csv", text).unwrap_err().to_string();
        assert_eq!(error("from,to\n"), "d.csv:1: the first line must name the columns: from,to,mbps");
        assert_eq!(error("from,to,mbps\na,b,-1\n"), "d.csv:2: `-1` is no amount of traffic");
        assert_eq!(error("from,to,mbps\na\n"), "d.csv:2: there is no `to`; the header has 3 columns");
        assert!(error("").starts_with("d.csv:1"));
    }

    #[test]
    fn repetita_numbers_nodes() {
        let names = labels("NODES 2\nlabel x y\nA 0 0\nB 0 0\n\nEDGES 0\n");
        assert_eq!(names, ["A", "B"]);
        let d = repetita("d", "DEMANDS 1\nlabel src dest bw\ndemand_0 0 1 300\n", &names).unwrap();
        assert_eq!(short(&d), [("A", "B", 3e5, "d:3")]);
        assert!(repetita("d", "DEMANDS 1\nlabel src dest bw\ndemand_0 0 7 300\n", &names).is_err());
        assert_eq!(graph_beside(Path::new("x/Abilene.0000.demands")), Path::new("x/Abilene.graph"));
        assert_eq!(graph_beside(Path::new("x/rf1221_hard.demands")), Path::new("x/rf1221_hard.graph"));
    }

    #[test]
    fn sndlib_both_forms() {
        let native = "?SNDlib native format\nNODES (\n A ( 1 2 )\n)\nDEMANDS (\n A_B ( A B ) 1 2.5 UNLIMITED\n)\n";
        assert_eq!(short(&sndlib("d", native).unwrap()), [("A", "B", 2.5e6, "d:6")]);
        let xml =
            "<?xml?>\n<network>\n<demand id=\"x\">\n<source>A</source><target>B</target><demandValue>2</demandValue></demand>\n";
        assert_eq!(short(&sndlib_xml("d", xml).unwrap()), [("A", "B", 2e6, "d:3")]);
    }
}
