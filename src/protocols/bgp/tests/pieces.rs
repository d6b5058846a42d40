//! Small pieces that need no network.

use crate::model::bgp::RemovePrivateAs;
use crate::protocols::bgp::aggregate::merged_path;
use crate::protocols::bgp::export::remove_private;
use crate::protocols::bgp::transfer::count_as;
use crate::rib::{AsPath, Segment};

#[test]
fn private_ases_go_in_five_ways() {
    let run = |path: &[u32], how| {
        let mut p = AsPath::sequence(path);
        remove_private(&mut p, how, 100, 65001);
        p.to_string()
    };
    let mixed = [65010, 65001, 200, 64512, 4_200_000_000];
    assert_eq!(run(&mixed, RemovePrivateAs::No), "65010 65001 200 64512 4200000000");
    assert_eq!(run(&mixed, RemovePrivateAs::IfOnlyPrivate), "65010 65001 200 64512 4200000000");
    assert_eq!(run(&[65010, 64512], RemovePrivateAs::IfOnlyPrivate), "");
    assert_eq!(run(&mixed, RemovePrivateAs::Leading), "65001 200 64512 4200000000");
    assert_eq!(run(&mixed, RemovePrivateAs::All), "65001 200");
    assert_eq!(run(&mixed, RemovePrivateAs::Replace), "100 65001 200 100 100");
    assert_eq!(run(&[65535, 64511, 65534], RemovePrivateAs::All), "65535 64511");
}

#[test]
fn an_as_set_keeps_the_common_head() {
    let p = |v: &[u32]| AsPath::sequence(v);
    assert_eq!(merged_path(&[]).to_string(), "");
    assert_eq!(merged_path(&[&p(&[1, 2]), &p(&[1, 2])]).to_string(), "1 2");
    assert_eq!(merged_path(&[&p(&[1, 3]), &p(&[1, 2])]).to_string(), "1 {2,3}");
    assert_eq!(merged_path(&[&p(&[5]), &p(&[4])]).to_string(), "{4,5}");
    assert_eq!(merged_path(&[&p(&[5]), &p(&[])]).to_string(), "{5}");
}

#[test]
fn ases_are_counted_where_they_count() {
    let path = AsPath { segments: vec![Segment::ConfedSequence(vec![1, 1]), Segment::Sequence(vec![1, 2])] };
    assert_eq!([count_as(&path, 1, None), count_as(&path, 1, Some(true)), count_as(&path, 1, Some(false))], [3, 2, 1]);
}
