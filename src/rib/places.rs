//! Values by id: a hash table, or a plain vector where many ids have one.
//!
//! In: values. Out: [`Places`]. Law: both forms hold the same; a full Internet table is gone through in order of its ids, which a
//! vector answers many times as fast. Tests: below.

use std::marker::PhantomData;

use crate::base::Map;
use crate::base::id::Id;

/// Places for one value: not worth a vector.
const SPARSEST: usize = 4;

/// Values by id.
#[derive(Debug, Clone)]
pub(super) struct Places<I, T> {
    form: Form<T>,
    marker: PhantomData<fn(I) -> I>,
}

#[derive(Debug, Clone)]
enum Form<T> {
    Few(Map<u32, T>),
    /// With how many there are.
    Many(Vec<Option<T>>, usize),
}

impl<I, T> Default for Places<I, T> {
    fn default() -> Self {
        Self { form: Form::Few(Map::default()), marker: PhantomData }
    }
}

fn number(id: impl Id) -> u32 {
    id.index() as u32
}

impl<I: Id, T: Clone> Places<I, T> {
    /// The value of an id.
    pub fn get(&self, id: I) -> Option<&T> {
        match &self.form {
            Form::Few(map) if map.is_empty() => None,
            Form::Few(map) => map.get(&number(id)),
            Form::Many(places, _) => places.get(id.index())?.as_ref(),
        }
    }
    /// How many values there are.
    pub fn len(&self) -> usize {
        match &self.form {
            Form::Few(map) => map.len(),
            Form::Many(_, len) => *len,
        }
    }
    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// All values with their ids, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        let (map, places) = match &self.form {
            Form::Few(map) => (Some(map), None),
            Form::Many(places, _) => (None, Some(places)),
        };
        let few = map.into_iter().flatten().map(|(n, v)| (*n as usize, v));
        let many = places.into_iter().flat_map(|p| (0..).zip(p)).filter_map(|(n, v)| Some((n, v.as_ref()?)));
        few.chain(many).map(|(n, v)| (I::new(n), v))
    }
    /// Puts values in, in place of those that are there.
    pub fn put(&mut self, values: Vec<(I, T)>) {
        let last = values.iter().map(|v| v.0.index()).max().unwrap_or_default();
        if let Form::Few(map) = &mut self.form
            && last < SPARSEST * values.len().max(map.len())
        {
            let few = std::mem::take(map);
            self.form = Form::Many(Vec::new(), 0);
            self.fill(few.into_iter().map(|(n, v)| (I::new(n as usize), v)).collect());
        }
        self.fill(values);
    }
    fn fill(&mut self, values: Vec<(I, T)>) {
        match &mut self.form {
            Form::Few(map) => map.extend(values.into_iter().map(|(id, v)| (number(id), v))),
            Form::Many(places, len) => {
                let end = values.iter().map(|v| v.0.index() + 1).max().unwrap_or_default();
                if places.len() < end {
                    places.resize(end, None);
                }
                for (id, v) in values {
                    *len += usize::from(places[id.index()].replace(v).is_none());
                }
            }
        }
    }
}

impl<I: Id, T: Clone> FromIterator<(I, T)> for Places<I, T> {
    fn from_iter<V: IntoIterator<Item = (I, T)>>(values: V) -> Self {
        let mut out = Self::default();
        out.put(values.into_iter().collect());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rib::PrefixId;

    #[test]
    fn both_forms_hold_the_same() {
        let p = PrefixId;
        let mut few: Places<PrefixId, u32> = [(p(3), 1), (p(900), 2)].into_iter().collect();
        assert!(matches!(few.form, Form::Few(_)));
        let mut many: Places<PrefixId, u32> = (0..100).map(|n| (p(n), n)).collect();
        assert!(matches!(many.form, Form::Many(..)));
        for places in [&mut few, &mut many] {
            let before = places.len();
            places.put(vec![(p(3), 7), (p(901), 8)]);
            assert_eq!((places.len(), places.get(p(3)), places.get(p(901))), (before + 1, Some(&7), Some(&8)));
            assert_eq!((places.get(p(902)), places.iter().count()), (None, places.len()));
        }
        few.put((0..2000).map(|n| (p(n), n)).collect());
        assert!(matches!(few.form, Form::Many(..)));
        assert_eq!((few.len(), few.get(p(900)), few.iter().count()), (2000, Some(&900), 2000));
    }
}
