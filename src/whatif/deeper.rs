//! Combinations of failures: all of up to `k` cases at once.
//!
//! In: a [`Base`], cases, a depth. Out: per first case a [`Combined`]. Law: a case that changes nothing more after the others of a combination
//! is not run on top of them (see [`idle`](super::idle)): the combination does what the others do by themselves, and is counted as
//! proved. Each combination is seen once, by its first case. Start reading at [`Deeper::run`]. Tests: `tests/deeper.rs`.

use rayon::prelude::*;

use super::idle::Idle;
use super::sweep::{Base, Case, Impact};
use crate::engine::simulate_from;
use crate::topology::Failures;

/// A deeper sweep of a base.
pub struct Deeper<'b, 'a> {
    base: &'b Base<'a>,
    cases: &'b [Case],
    depth: usize,
    idle: Idle<'a>,
    /// Per case, its own impact, and which cases change nothing more after it.
    alone: Vec<(Impact, Vec<bool>)>,
}

/// What a case does by itself, and with those after it.
#[derive(Debug, Default)]
pub struct Combined {
    /// The combinations that were run, by the numbers of their cases: first the case by itself.
    pub run: Vec<(Vec<usize>, Impact)>,
    /// How many were proved to be the same as one with fewer cases.
    pub proved: usize,
}

impl<'b, 'a> Deeper<'b, 'a> {
    /// Runs each case by itself. `done` is called after each.
    pub fn new(base: &'b Base<'a>, cases: &'b [Case], depth: usize, done: &(dyn Fn() + Sync)) -> Self {
        let idle = Idle::new(base.network, base.state, cases);
        let one = |case: &Case| {
            let out = Self::try_out(base, &idle, &case.failures, depth > 1);
            done();
            out
        };
        let alone = cases.par_iter().map(one).collect();
        Self { base, cases, depth, idle, alone }
    }

    fn try_out(base: &Base<'_>, idle: &Idle<'_>, failures: &Failures, further: bool) -> (Impact, Vec<bool>) {
        let state = simulate_from(base.state, base.network, failures);
        let impact = base.compare(base.network, &state, failures);
        (impact, if further { idle.after(&state) } else { Vec::new() })
    }

    /// All combinations that begin with a case.
    pub fn run(&self, first: usize) -> Combined {
        let mut out = Combined::default();
        let (impact, idle) = &self.alone[first];
        out.run.push((vec![first], impact.clone()));
        self.onto(&[first], idle, &mut out);
        out
    }

    /// All combinations of these cases with later ones. `idle`: what changes nothing more after them.
    fn onto(&self, cases: &[usize], idle: &[bool], out: &mut Combined) {
        let Some(last) = cases.last().filter(|_| cases.len() < self.depth) else { return };
        for next in last + 1..self.cases.len() {
            let all: Vec<usize> = cases.iter().copied().chain([next]).collect();
            let other = &self.alone[next].1;
            // The tables stay as they are with fewer cases, and so does what is idle on top of them.
            if idle[next] || cases.len() == 1 && other[cases[0]] {
                out.proved += 1;
                self.onto(&all, if idle[next] { idle } else { other }, out);
                continue;
            }
            let (impact, idle) = Self::try_out(self.base, &self.idle, &self.failures(&all), all.len() < self.depth);
            out.run.push((all.clone(), impact));
            self.onto(&all, &idle, out);
        }
    }

    /// What fails in a combination.
    pub fn failures(&self, cases: &[usize]) -> Failures {
        let mut out = Failures::default();
        for failures in cases.iter().map(|n| &self.cases[*n].failures) {
            out.devices.extend(&failures.devices);
            out.ports.extend(&failures.ports);
        }
        out
    }

    /// How people call a combination.
    pub fn name(&self, cases: &[usize]) -> String {
        let names: Vec<&str> = cases.iter().map(|n| &*self.cases[*n].name).collect();
        names.join(" and ")
    }
}
