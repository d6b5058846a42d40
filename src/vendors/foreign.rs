//! Texts that lie beside configs and are none that can be read: configs of other systems, and templates that are not filled in.
//!
//! In: a text. Out: what it is, for people. Law: one sign at the start of a line settles it, so only signs that no OS in
//! [`VENDORS`](super::VENDORS) has at that place.

/// A text that is no config of an OS in [`VENDORS`](super::VENDORS), by the start of one of its lines.
const SIGNS: &[(&str, &str)] = &[
    ("system login-banner \"ArcOS", "a config of ArcOS"),
    ("system aaa authentication admin-user ", "a config of ArcOS"),
    ("ASA Version ", "a config of Cisco ASA"),
    ("set deviceconfig ", "a config of PAN-OS"),
    ("#config-version=", "a config of FortiOS"),
    ("config system global", "a config of FortiOS"),
    ("sys global-settings {", "a config of F5 BIG-IP"),
    ("/system identity", "a config of RouterOS"),
    ("{{", "a template that is not filled in"),
    ("{%", "a template that is not filled in"),
];

/// What a text is if it is known to be no config that can be read, for people.
pub fn unreadable(text: &str) -> Option<&'static str> {
    let lines = text.lines().take(4000);
    lines.filter_map(|line| SIGNS.iter().find(|(sign, _)| line.trim_start().starts_with(sign))).map(|(_, what)| *what).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_named() {
        assert_eq!(unreadable("system hostname a\nsystem login-banner \"ArcOS (c)\"\n"), Some("a config of ArcOS"));
        assert_eq!(unreadable(": Saved\nASA Version 9.8(1)\n"), Some("a config of Cisco ASA"));
        assert_eq!(unreadable("hostname a\n{{- if .Gateway }}\nrouter static\n"), Some("a template that is not filled in"));
        assert_eq!(unreadable("hostname a\nbanner motd ^ {{ }} ^\nrouter bgp 1\n"), None);
    }
}
