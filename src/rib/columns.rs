//! Columns by number: a hash table, or a plain vector where many numbers have one.
//!
//! In: columns. Out: [`Columns`]. Law: both forms hold the same; a full Internet table is gone through in order of its numbers, which a
//! vector answers many times as fast. Tests: below.

use super::column::Column;
use crate::base::Map;

/// A vector may be so many times as long as there are columns.
const SPARSEST: usize = 4;

/// Columns by number.
#[derive(Debug, Clone)]
pub(super) enum Columns {
    Few(Map<u32, Column>),
    /// By number, and how many there are.
    Many(Vec<Option<Column>>, usize),
}

impl Default for Columns {
    fn default() -> Self {
        Self::Few(Map::default())
    }
}

impl Columns {
    pub fn get(&self, n: u32) -> Option<&Column> {
        match self {
            Self::Few(map) if map.is_empty() => None,
            Self::Few(map) => map.get(&n),
            Self::Many(places, _) => places.get(n as usize)?.as_ref(),
        }
    }
    pub fn len(&self) -> usize {
        match self {
            Self::Few(map) => map.len(),
            Self::Many(_, len) => *len,
        }
    }
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Column)> {
        let (map, places) = match self {
            Self::Few(map) => (Some(map), None),
            Self::Many(places, _) => (None, Some(places)),
        };
        let few = map.into_iter().flatten().map(|(n, c)| (*n, c));
        let many = places.into_iter().flat_map(|p| (0..).zip(p)).filter_map(|(n, c)| Some((n, c.as_ref()?)));
        few.chain(many)
    }
    /// Puts columns in, in place of those that are there.
    pub fn put(&mut self, columns: Vec<(u32, Column)>) {
        let last = columns.iter().map(|c| c.0).max().unwrap_or_default() as usize;
        if let Self::Few(map) = self
            && last < SPARSEST * columns.len().max(map.len())
        {
            let few = std::mem::take(map);
            *self = Self::Many(Vec::new(), 0);
            self.fill(few.into_iter().collect());
        }
        self.fill(columns);
    }
    /// The same, in the form it has.
    fn fill(&mut self, columns: Vec<(u32, Column)>) {
        match self {
            Self::Few(map) => map.extend(columns),
            Self::Many(places, len) => {
                let end = columns.iter().map(|c| c.0 as usize + 1).max().unwrap_or_default();
                if places.len() < end {
                    places.resize(end, None);
                }
                for (n, c) in columns {
                    *len += usize::from(places[n as usize].replace(c).is_none());
                }
            }
        }
    }
}

impl FromIterator<(u32, Column)> for Columns {
    fn from_iter<T: IntoIterator<Item = (u32, Column)>>(columns: T) -> Self {
        let mut out = Self::default();
        out.put(columns.into_iter().collect());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::network::NodeId;
    use crate::rib::RouteId;

    #[test]
    fn both_forms_hold_the_same() {
        let column = |r: u32| Column::from_sorted(vec![(NodeId(0), RouteId(r))]);
        let mut few: Columns = [(3, column(1)), (900, column(2))].into_iter().collect();
        assert!(matches!(few, Columns::Few(_)));
        let mut many: Columns = (0..100).map(|n| (n, column(n))).collect();
        assert!(matches!(many, Columns::Many(..)));
        for columns in [&mut few, &mut many] {
            let before = columns.len();
            columns.put(vec![(3, column(7)), (901, column(8))]);
            assert_eq!((columns.len(), columns.get(3), columns.get(901)), (before + 1, Some(&column(7)), Some(&column(8))));
            assert_eq!((columns.get(902), columns.iter().count()), (None, columns.len()));
        }
        few.put((0..2000).map(|n| (n, column(n))).collect());
        assert!(matches!(few, Columns::Many(..)));
        assert_eq!((few.len(), few.get(900), few.iter().count()), (2000, Some(&column(900)), 2000));
    }
}
