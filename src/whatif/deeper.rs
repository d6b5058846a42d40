//! Combinations of failures: all of up to `k` cases at once.
//!
//! In: a [`Base`], cases, a depth. Out: per first case a [`Combined`]. Law: a case that changes nothing more after the others of a combination
//! is not run on top of them (see [`idle`](super::idle)): the combination does what the others do by themselves, and is counted as
//! proved. Where all that two do follows from what each does (see [`pairs`](super::pairs)), they are put together and not run. Each combination is seen once, by its first case. Start reading at [`Deeper::run`]. Tests: `tests/deeper.rs`.

use rayon::prelude::*;

use super::idle::Idle;
use super::pairs::{Pairs, Plan, Scratch};
use super::sweep::{Base, Case, Impact};
use crate::engine::{State, simulate_from};
use crate::topology::Failures;

/// A deeper sweep of a base.
pub struct Deeper<'b, 'a> {
    base: &'b Base<'a>,
    cases: &'b [Case],
    depth: usize,
    idle: Idle<'a>,
    /// Per case, its own impact, and which cases change nothing more after it.
    alone: Vec<(Impact, Vec<bool>)>,
    /// Where two cases can be put together from what each does by itself.
    pairs: Option<Pairs<'b, 'a>>,
}

/// What a case does by itself, and with those after it.
#[derive(Debug, Default)]
pub struct Combined {
    /// The combinations that were run, by the numbers of their cases: first the case by itself.
    pub run: Vec<(Vec<usize>, Impact)>,
    /// How many of those were put together from what their cases do by themselves.
    pub joined: usize,
    /// How many were proved to be the same as one with fewer cases.
    pub proved: usize,
}

impl<'b, 'a> Deeper<'b, 'a> {
    /// Runs each case by itself. `done` is called after each.
    pub fn new(base: &'b Base<'a>, cases: &'b [Case], depth: usize, done: &(dyn Fn() + Sync)) -> Self {
        let idle = Idle::new(base.network, base.state, cases);
        // What three or more do is not put together: what is idle after two of them takes their tables to say.
        let plan = if depth == 2 { Plan::new(base, &idle, cases) } else { None };
        let one = |(n, case): (usize, &Case)| {
            let (state, impact) = Self::try_out(base, &case.failures);
            let trial = plan.as_ref().and_then(|p| p.alone(n, &state, &impact));
            let unused = if depth > 1 { idle.after(&state) } else { Vec::new() };
            done();
            ((impact, unused), trial)
        };
        let (alone, trials) = cases.par_iter().enumerate().map(one).unzip();
        let pairs = plan.map(|plan| Pairs::new(plan, trials));
        Self { base, cases, depth, idle, alone, pairs }
    }

    fn try_out(base: &Base<'_>, failures: &Failures) -> (State, Impact) {
        let state = simulate_from(base.state, base.network, failures);
        let impact = base.compare(base.network, &state, failures);
        (state, impact)
    }

    /// All combinations that begin with a case.
    pub fn run(&self, first: usize) -> Combined {
        let mut out = Combined::default();
        let (impact, idle) = &self.alone[first];
        out.run.push((vec![first], impact.clone()));
        let mut scratch = self.pairs.as_ref().map(Pairs::scratch);
        self.onto(&[first], idle, &mut scratch, &mut out);
        out
    }

    /// All combinations of these cases with later ones. `idle`: what changes nothing more after them.
    fn onto<'s>(&'s self, cases: &[usize], idle: &[bool], scratch: &mut Option<Scratch<'s, 'a>>, out: &mut Combined) {
        let Some(last) = cases.last().filter(|_| cases.len() < self.depth) else { return };
        for next in last + 1..self.cases.len() {
            let all: Vec<usize> = cases.iter().copied().chain([next]).collect();
            let other = &self.alone[next].1;
            // The tables stay as they are with fewer cases, and so does what is idle on top of them.
            if idle[next] || cases.len() == 1 && other[cases[0]] {
                out.proved += 1;
                self.onto(&all, if idle[next] { idle } else { other }, scratch, out);
                continue;
            }
            if let (Some(pairs), Some(scratch)) = (&self.pairs, scratch.as_mut())
                && let Some(impact) = pairs.both(cases[0], next, scratch)
            {
                out.run.push((all, impact));
                out.joined += 1;
                continue;
            }
            let (state, impact) = Self::try_out(self.base, &self.failures(&all));
            let idle = if all.len() < self.depth { self.idle.after(&state) } else { Vec::new() };
            out.run.push((all.clone(), impact));
            self.onto(&all, &idle, scratch, out);
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
