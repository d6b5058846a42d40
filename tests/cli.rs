//! The real binary: exit codes, key output, and input that is not what it should be.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nettwin::questions::routes::{self, Wanted};
use tempfile::TempDir;

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn nettwin(args: &[&str]) -> Run {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_nettwin")).args(args).output().unwrap();
    let text = |b: Vec<u8>| String::from_utf8_lossy(&b).into_owned();
    // No exit code would mean a signal: a crash.
    Run { code: status.code().expect("ended by a signal"), out: text(stdout), err: text(stderr) }
}

fn on(command: &str, snapshot: &Path, more: &[&str]) -> Run {
    let mut args = vec![command, snapshot.to_str().unwrap()];
    args.extend(more);
    let run = nettwin(&args);
    assert!(!run.err.contains("panicked"), "{command} {}: {}", snapshot.display(), run.err);
    run
}

/// A snapshot of config files given by name and text.
fn snapshot(files: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let path = folder.path().to_path_buf();
    (folder, path)
}

const R1: &[u8] =
    b"frr version 8.4\nfrr defaults traditional\nhostname r1\n!\ninterface eth0\n ip address 10.0.0.1/30\nexit\n!\n\
interface lo\n ip address 192.0.2.1/32\nexit\n!\nip route 192.0.2.2/32 10.0.0.2\nip route 198.51.100.0/24 Null0 tag 77\n!\nend\n";
const R2: &[u8] =
    b"frr version 8.4\nfrr defaults traditional\nhostname r2\n!\ninterface eth0\n ip address 10.0.0.2/30\nexit\n!\n\
interface lo\n ip address 192.0.2.2/32\nexit\n!\nip route 192.0.2.1/32 10.0.0.1\n!\nend\n";

fn pair() -> (TempDir, PathBuf) {
    snapshot(&[("configs/r1.conf", R1), ("configs/r2.conf", R2)])
}

#[test]
fn every_subcommand_teaches_by_example() {
    let help = nettwin(&["--help"]);
    assert_eq!(help.code, 0);
    let commands: Vec<&str> = help
        .out
        .lines()
        .skip_while(|l| !l.starts_with("Commands:"))
        .skip(1)
        .take_while(|l| !l.is_empty())
        .filter_map(|l| l.split_whitespace().next())
        .filter(|c| *c != "help")
        .collect();
    assert!(commands.len() >= 6, "{commands:?}");
    for command in commands {
        let help = nettwin(&[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.contains("Examples:") && help.out.contains(&format!("nettwin {command}")), "{command}:\n{}", help.out);
    }
}

#[test]
fn wrong_flags_and_missing_folders_could_not_run() {
    assert_eq!(nettwin(&["routes"]).code, 2);
    assert_eq!(nettwin(&["no-such-command"]).code, 2);
    assert_eq!(nettwin(&["routes", ".", "--prefix", "10.0.0.0/40"]).code, 2);
    for command in ["check", "routes", "sessions", "fail"] {
        let run = on(command, Path::new("/no/such/folder"), &[]);
        assert_eq!(run.code, 2, "{command}");
        assert!(run.err.contains("error: cannot read `/no/such/folder`"), "{}", run.err);
    }
    let (_keep, empty) = snapshot(&[("configs/.keep", b"")]);
    let run = on("routes", &empty, &[]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("holds no configs"), "{}", run.err);
}

#[test]
fn routes_are_facts_for_machines_and_tables_for_people() {
    let (_keep, pair) = pair();
    let run = on("routes", &pair, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let facts: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let routes = facts["nodes"]["r1"]["vrfs"]["default"]["routes"].as_array().unwrap();
    let of = |prefix: &str| routes.iter().find(|r| r["prefix"] == prefix).unwrap_or_else(|| panic!("no {prefix}: {}", run.out));
    assert_eq!(of("192.0.2.2/32")["next_hops"], serde_json::json!([{"ip": "10.0.0.2", "interface": "eth0"}]));
    assert_eq!(of("198.51.100.0/24")["next_hops"], serde_json::json!([{"drop": true}]));
    assert_eq!((&of("198.51.100.0/24")["tag"], of("192.0.2.2/32").get("tag")), (&serde_json::json!(77), None));
    assert_eq!(of("10.0.0.0/30")["protocol"], "connected");
    let table = on("routes", &pair, &["--format", "table", "--node", "r1", "--protocol", "static"]);
    let lines: Vec<&str> = table.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", table.out);
    assert!(lines[1].contains("192.0.2.2/32") && lines[1].contains("configs/r1.conf:13"), "{}", table.out);
    let csv = on("routes", &pair, &["--format", "csv", "--prefix", "198.51.100.0/24"]);
    assert_eq!(csv.out.lines().nth(1), Some("r1,default,198.51.100.0/24,static,1,0,discard,configs/r1.conf:14"));
}

/// CSV is written row by row, and is what the table renders to.
#[test]
fn routes_as_csv_are_the_table() {
    let wan = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/wan");
    let network = nettwin::load::load(&wan).unwrap().network;
    let state = nettwin::engine::simulate(&network, &nettwin::topology::Failures::none());
    // With rows that cite a line, without, and without rows.
    for protocol in ["connected", "isis", "eigrp"] {
        let wanted = Wanted { protocols: vec![protocol.to_owned()], ..Wanted::default() };
        let mut whole = Vec::new();
        nettwin::report::csv::render(&mut whole, &routes::answer(&network, &state, &wanted)).unwrap();
        let run = on("routes", &wan, &["--format", "csv", "--protocol", protocol]);
        assert_eq!(run.out, String::from_utf8(whole).unwrap());
    }
}

#[test]
fn the_number_of_threads_shows_nowhere() {
    let (_keep, pair) = pair();
    let one = on("routes", &pair, &["--threads", "1"]);
    for threads in ["2", "8"] {
        assert_eq!(on("routes", &pair, &["--threads", threads]).out, one.out);
    }
}

#[test]
fn a_trace_says_how_it_ends() {
    let (_keep, pair) = pair();
    let ends = |to: &str| {
        let run = on("trace", &pair, &["--from", "r1", "--to", to]);
        let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        (run.code, answer["branches"][0]["ends"].as_str().unwrap().to_owned())
    };
    assert_eq!(ends("192.0.2.2"), (0, "delivered to r2 lo".to_owned()));
    assert_eq!(ends("r2"), (0, "delivered to r2 lo".to_owned()));
    assert_eq!(ends("198.51.100.7"), (1, "discarded at r1".to_owned()));
    assert_eq!(ends("203.0.113.1"), (1, "no route at r1".to_owned()));
    let run = on("trace", &pair, &["--from", "r7", "--to", "192.0.2.2"]);
    assert_eq!((run.code, run.err.as_str()), (2, "error: there is no device `r7`; there are: r1, r2\n"));
}

#[test]
fn check_names_the_place_of_what_is_wrong() {
    let bad = b"frr version 8.4\nhostname r1\n!\ninterface eth0\n ip address 10.0.0.999/30\n!\nrouter bgp 65000\n \
neighbor 10.0.0.2 remote-as 65001\n address-family ipv4 unicast\n  neighbor 10.0.0.2 route-map MISSING in\n exit-address-family\n!\nend\n";
    let (_keep, path) = snapshot(&[("configs/r1.conf", bad)]);
    let run = on("check", &path, &["--format", "table"]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("configs/r1.conf:5:13") && run.out.contains("^^^^^^^^^^^^^"), "{}", run.out);
    assert!(run.out.contains("R-undefined") && run.out.contains("configs/r1.conf:10"), "{}", run.out);
    assert_eq!(on("check", &path, &["--deny", "never"]).code, 0);
    let run = on("check", &path, &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["devices"][0]["lines"]["all"], 13);
    assert!(report["diagnostics"].as_array().unwrap().iter().any(|d| d["place"]["line"] == 5 && d["code"] == "V-invalid-value"));
}

/// No input makes the twin crash or hang; other devices go on.
#[test]
fn broken_configs_do_not_stop_the_others() {
    let deep_braces = "system { ".repeat(20_000).into_bytes();
    let deep_lines: Vec<u8> = (0..5_000).flat_map(|n| format!("{}interface x\n", " ".repeat(n)).into_bytes()).collect();
    let binary: Vec<u8> = (0..200_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let mut binary_ios = b"version 15.2\nhostname r\ninterface Gi0/1\n ip address ".to_vec();
    binary_ios.extend(&binary);
    let mut unclosed = b"version 12.4\nhostname r\nbanner motd ^C\nnever closed\n".to_vec();
    unclosed.extend(b"interface Gi0/0\n".repeat(1000));
    let cyclic = b"version 20.1;\ngroups { a { apply-groups b; } b { apply-groups a; } }\napply-groups [ a b ];\nsystem { host-name r; }\n";
    let truncated = &R1[..R1.len() / 2 + 3];
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("deep_braces", deep_braces),
        ("deep_lines", deep_lines),
        ("binary", binary),
        ("binary_ios", binary_ios),
        ("unclosed", unclosed),
        ("cyclic", cyclic.to_vec()),
        ("truncated", truncated.to_vec()),
        ("empty", Vec::new()),
        ("nul", vec![0; 10_000]),
        ("quotes", b"set system host-name \"never closed\nset system { } }".to_vec()),
    ];
    for (name, text) in &files {
        let (_keep, path) = snapshot(&[("configs/r1.conf", R1), ("configs/odd.conf", text), ("configs/r2.conf", R2)]);
        let run = on("routes", &path, &["--node", "r1", "--protocol", "static"]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        assert!(run.out.contains("192.0.2.2/32"), "{name}");
        let run = on("check", &path, &[]);
        assert!([0, 1].contains(&run.code), "{name}: {}", run.err);
    }
}

#[test]
fn a_line_of_100_megabytes_is_one_diagnostic() {
    let mut text = R1.to_vec();
    text.extend(b"ip route ".iter().copied().chain(std::iter::repeat_n(b'1', 100 << 20)).chain(*b"\n"));
    let (_keep, path) = snapshot(&[("configs/r1.conf", &text), ("configs/r2.conf", R2)]);
    let run = on("check", &path, &["--format", "table"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.len() < 100_000, "{} bytes of output", run.out.len());
    assert!(on("routes", &path, &["--node", "r1"]).out.contains("192.0.2.2/32"));
}

#[test]
fn bad_files_beside_the_configs_say_where() {
    for (file, text, place) in [
        ("layer1_topology.json", &b"{\"edges\": [\n  {\"node1\": 7}]}"[..], "layer1_topology.json:2:"),
        ("layer1_topology.json", b"\xff\xfe\x00", "layer1_topology.json:1:"),
        ("external_announcements.json", b"{\"Announcements\": [{\"network\": \"x\"}]}", "external_announcements.json:1:"),
        ("demands.csv", b"from,to,mbps\nr1,r2,much\n", "demands.csv:2: `much` is no amount of traffic"),
        ("nettwin.yaml", b"roles:\n  edge: [r9]\n", "nettwin.yaml:2: `r9` is no device of the snapshot"),
    ] {
        let (_keep, path) = snapshot(&[("configs/r1.conf", R1), (file, text)]);
        let run = on("routes", &path, &[]);
        assert_eq!(run.code, 2, "{file}");
        assert!(run.err.contains(place), "{}", run.err);
    }
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every sample's every line is understood, and reading it twice gives the same bytes.
#[test]
fn samples_are_understood() {
    let mut seen = 0;
    for entry in fs::read_dir(sample("topologies")).unwrap() {
        let path = entry.unwrap().path();
        seen += 1;
        let first = on("routes", &path, &["--threads", "1"]);
        assert_eq!(first.code, 0, "{}: {}", path.display(), first.err);
        assert_eq!(on("routes", &path, &["--threads", "4"]).out, first.out, "{}", path.display());
        // One sample is there to have every kind of finding.
        if !path.ends_with("broken") {
            let check = on("check", &path, &["--format", "table", "--all"]);
            assert_eq!(check.code, 0, "{}", check.out);
            assert!(check.out.contains("100.0 % understood"), "{}", check.out);
        }
    }
    assert!(seen >= 1);
}

#[test]
fn the_gate_passes_one_change_and_names_the_line_of_the_other() {
    let base = sample("topologies/leaf-spine");
    let policy = sample("scenarios/gate/policy.yaml");
    let folder = tempfile::tempdir().unwrap();
    let (junit, page) = (folder.path().join("gate.xml"), folder.path().join("gate.md"));
    let gate = |change: &str| {
        let candidate = sample("scenarios/gate").join(change);
        let more = ["--policy", "--junit", "--markdown"].map(str::to_owned);
        let files = [&policy, &junit, &page].map(|p| p.to_str().unwrap().to_owned());
        let mut args = vec![candidate.to_str().unwrap().to_owned()];
        args.extend(more.into_iter().zip(files).flat_map(|(m, f)| [m, f]));
        on("gate", &base, &args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let run = gate("accepted");
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let run = gate("refused");
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let verdict: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let blame = verdict["blame"].as_array().unwrap();
    assert!(!blame.is_empty());
    for row in blame {
        assert_eq!(row["config"][0]["file"], "configs/leaf3.cfg");
        assert_eq!(row["config"][0]["text"], "seq 20 permit 10.10.0.0/16");
    }
    let xml = fs::read_to_string(&junit).unwrap();
    assert!(xml.contains("<testsuite ") && xml.contains("configs/leaf3.cfg:56"), "{xml}");
    assert!(fs::read_to_string(&page).unwrap().contains("| FAIL | routes-kept |"));
}

#[test]
fn a_policy_that_cannot_be_judged_or_read_is_neither_pass_nor_fail() {
    let base = sample("topologies/leaf-spine");
    let (_keep, folder) = snapshot(&[
        ("who.yaml", b"checks:\n  - check: reach\n    from: [nobody]\n    to: [10.10.1.0/24]\n"),
        ("typo.yaml", b"checks:\n  - check: sessions-keep\n"),
    ]);
    for (file, said) in [("who.yaml", "cannot be judged"), ("typo.yaml", "typo.yaml:2:"), ("none.yaml", "cannot read")] {
        let policy = folder.join(file);
        let run = on("gate", &base, &[base.to_str().unwrap(), "--policy", policy.to_str().unwrap()]);
        assert_eq!(run.code, 2, "{file}: {}", run.out);
        assert!(run.err.contains(said), "{file}: {}", run.err);
    }
}

#[test]
fn stats_say_what_to_expect_and_what_it_took() {
    let run = on("routes", &sample("topologies/leaf-spine"), &["--stats"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let lines: Vec<&str> = run.err.lines().filter(|l| l.starts_with("stats: ")).collect();
    assert_eq!(lines.len(), 2, "{}", run.err);
    assert!(lines[0].contains(" devices, ") && lines[0].ends_with(" MiB of memory to be expected"), "{}", lines[0]);
    assert!(lines[1].contains(" routes to ") && lines[1].contains("; peak memory "), "{}", lines[1]);
    assert!(!on("routes", &sample("topologies/leaf-spine"), &[]).err.contains("stats"));
}

#[test]
fn scenarios_fail_and_grow() {
    let base = sample("topologies/leaf-spine");
    let file = sample("scenarios/failures.yaml");
    let run = on("fail", &base, &["--scenario", file.to_str().unwrap(), "--quiet"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("both uplinks of leaf2"), "{}", run.out);
    let file = sample("scenarios/growth.yaml");
    let run = on("capacity", &base, &["--scenario", file.to_str().unwrap(), "--quiet", "--format", "csv"]);
    let line = run.out.lines().find(|l| l.starts_with("leaf1:Ethernet1,")).unwrap();
    // 3200 Mbit/s today over each of two uplinks; 2.5 times that is 8000; 1.6 times both on one is 10240.
    assert!(line.contains("3200") && line.contains("10240") && line.contains("without spine2"), "{line}");
}

/// Routes say yes, a filter says no: `reach` and `isolate` obey the filter.
#[test]
fn the_gate_obeys_filters() {
    let r1 = b"version 15.2\nhostname r1\n!\ninterface GigabitEthernet0/0\n ip address 10.0.0.1 255.255.255.252\n!\n\
interface GigabitEthernet0/1\n ip address 10.1.0.1 255.255.255.0\n ip access-group GUESTS in\n!\n\
ip route 10.2.0.0 255.255.255.0 10.0.0.2\n!\nip access-list extended GUESTS\n permit tcp any host 10.2.0.80 eq 443\n \
deny ip any 10.2.0.0 0.0.0.255\n permit ip any any\n!\nend\n";
    let r2 = b"version 15.2\nhostname r2\n!\ninterface GigabitEthernet0/0\n ip address 10.0.0.2 255.255.255.252\n!\n\
interface GigabitEthernet0/1\n ip address 10.2.0.1 255.255.255.0\n!\nip route 10.1.0.0 255.255.255.0 10.0.0.1\n!\nend\n";
    let policy = b"checks:\n  - {check: isolate, from: [r1], to: [10.2.0.80], in: GigabitEthernet0/1}\n  \
- {check: reach, from: [r1], to: [10.2.0.80], in: GigabitEthernet0/1, proto: tcp, dport: 443}\n  \
- {check: reach, from: [r1], to: [10.2.0.80]}\n  - {check: reach, from: [r1], to: [10.2.0.80], in: GigabitEthernet0/1, dport: 22}\n";
    let (_keep, path) = snapshot(&[("configs/r1.cfg", r1), ("configs/r2.cfg", r2), ("policy.yaml", policy)]);
    let file = path.join("policy.yaml");
    let run = on("gate", &path, &[path.to_str().unwrap(), "--policy", file.to_str().unwrap()]);
    let verdict: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let words: Vec<&str> = verdict["checks"].as_array().unwrap().iter().map(|c| c["verdict"].as_str().unwrap()).collect();
    assert_eq!((run.code, words), (1, vec!["pass", "pass", "pass", "FAIL"]), "{}", run.out);
    assert_eq!(verdict["violations"][0]["violation"], "r1 to 10.2.0.80: denied by a filter at r1");
}

/// The README shows what the binary prints.
#[test]
fn the_readme_shows_real_output() {
    let page = fs::read_to_string(sample("README.md")).unwrap();
    let base = sample("topologies/leaf-spine");
    let (candidate, policy) = (sample("scenarios/gate/refused"), sample("scenarios/gate/policy.yaml"));
    let args = [candidate.to_str().unwrap(), "--policy", policy.to_str().unwrap(), "--format", "table"];
    let run = on("gate", &base, &args);
    assert!(page.contains(run.out.trim_end()), "README.md shows something else than:\n{}", run.out);
}

/// A change laid over the base: several files are touched, one line is at fault.
#[test]
fn one_slip_among_harmless_edits_is_named() {
    let base = sample("topologies/wan");
    let policy = sample("scenarios/wan-policy.yaml");
    for (change, code) in [("scenarios/wan-accepted", 0), ("scenarios/wan-refused", 1)] {
        let change = sample(change);
        let run = on("gate", &base, &[change.to_str().unwrap(), "--change", "--policy", policy.to_str().unwrap()]);
        assert_eq!(run.code, code, "{}{}", run.out, run.err);
        let verdict: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let blamed: Vec<&str> =
            verdict["blame"].as_array().unwrap().iter().map(|b| b["config"][0]["file"].as_str().unwrap()).collect();
        assert_eq!(blamed, if code == 0 { vec![] } else { vec!["configs/pe5.cfg"] });
    }
}

#[test]
fn drift_compares_with_collected_state() {
    let folder = std::env::temp_dir().join(format!("nettwin-drift-{}", std::process::id()));
    let (configs, state) = (folder.join("configs"), folder.join("state/r1"));
    std::fs::create_dir_all(&configs).unwrap();
    std::fs::create_dir_all(&state).unwrap();
    let config = "hostname r1\ninterface GigabitEthernet0/0\n ip address 10.0.0.1 255.255.255.0\n no shutdown\n";
    std::fs::write(configs.join("r1.cfg"), config).unwrap();
    let table = "Codes: L - local, C - connected\n\nGateway of last resort is not set\n\n\
                 C        10.0.0.0/24 is directly connected, GigabitEthernet0/0\n\
                 L        10.0.0.1/32 is directly connected, GigabitEthernet0/0\n\
                 S        10.8.0.0/16 [1/0] via 10.0.0.2\n";
    std::fs::write(state.join("show_ip_route.txt"), table).unwrap();
    let run = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_nettwin"));
        command.arg("drift").arg(&folder).arg("--state").arg(folder.join("state")).args(more).output().unwrap()
    };
    let out = run(&["--format", "json"]);
    let value: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(value["devices"][0]["routes"], "2/3");
    assert_eq!(value["differences"][0]["prefix"], "10.8.0.0/16");
    assert_eq!((out.status.code(), run(&["--min", "90"]).status.code()), (Some(0), Some(1)));
    assert_eq!(run(&["--state", "/nonexistent"]).status.code(), Some(2));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn whatif_answers_with_a_diff() {
    let wan = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/wan");
    let on_wan = |more: &[&str]| {
        let mut args = vec!["--format", "json"];
        args.extend(more);
        on("whatif", &wan, &args)
    };
    let nothing = on_wan(&[]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.contains("nothing happens"), "{}", nothing.err);
    let node = on_wan(&["--node", "rr1"]);
    assert_eq!(node.code, 0, "{}", node.err);
    let json: serde_json::Value = serde_json::from_str(&node.out).unwrap();
    assert!(json["sessions"].as_array().unwrap().iter().any(|s| s["change"] == "lost"), "{}", node.out);
    for more in [
        &["--session", "pe1,rr1"][..],
        &["--drain", "p1"],
        &["--announce", "203.0.113.0/25 pe1"],
        &["--withdraw", "203.0.113.0/25", "--announce", "203.0.113.0/25 pe1"],
    ] {
        let run = on_wan(more);
        // What nobody announces cannot be withdrawn: withdrawals come first.
        let code = if more.contains(&"--withdraw") { 2 } else { 0 };
        assert_eq!(run.code, code, "{more:?}: {}", run.err);
        assert_ne!(run.out, node.out);
    }
    let announced = on_wan(&["--announce", "203.0.113.0/25 pe1", "--top", "all"]);
    assert!(announced.out.contains("203.0.113.0/25"), "{}", announced.out);
    for (wrong, said) in [
        (&["--node", "nobody"][..], "there is no device `nobody`"),
        (&["--group", "duct"], "there is no shared-risk group `duct`"),
        (&["--session", "p1,ce1"], "`p1` has no BGP session with `ce1`"),
        (&["--announce", "x pe1"], "should start with a prefix"),
        (&["--cost", "p1:x"], "should be ROUTER:PORT=COST"),
        (&["--name", "x"], "--scenario"),
    ] {
        let run = on_wan(wrong);
        assert_eq!(run.code, 2, "{wrong:?}");
        assert!(run.err.contains(said), "{wrong:?}: {}", run.err);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/wan-failures.yaml");
    let run = on_wan(&["--scenario", file.to_str().unwrap()]);
    assert!(run.code == 2 && run.err.contains("`--name` should be one of: "), "{}", run.err);
}

#[test]
fn a_made_backbone_settles() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("wan");
    let flags = ["gen", "wan", "--routers", "30", "--region", "10", "--sessions", "8", "--prefixes", "60", "--prefixes-v6", "10"];
    let make = |to: &Path| {
        let run = nettwin(&[&flags[..], &["--out", to.to_str().unwrap()]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
    };
    make(&out);
    let again = folder.path().join("again");
    make(&again);
    for file in ["external_announcements.mrt", "layer1_topology.json", "configs/r-0-3.cfg", "configs/top-rr-0.cfg"] {
        assert_eq!(fs::read(out.join(file)).unwrap(), fs::read(again.join(file)).unwrap(), "{file}");
    }
    let sessions = on("sessions", &out, &["--not-up", "--format", "json"]);
    assert_eq!(sessions.code, 0, "{}", sessions.err);
    assert!(!sessions.err.contains("announcements"), "all announcements find their neighbour: {}", sessions.err);
    let routes = on("routes", &out, &["--node", "top-rr-0", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&routes.out).unwrap();
    let all = json["nodes"]["top-rr-0"]["vrfs"]["default"]["routes"].as_array().unwrap();
    let learned = |v6: bool| {
        let of = |r: &&serde_json::Value| r["protocol"] == "ibgp" && r["prefix"].as_str().unwrap().contains(':') == v6;
        all.iter().filter(of).count()
    };
    assert_eq!((learned(false), learned(true)), (60, 10));
}
