//! NVUE's configuration as words below words, from YAML or from lines.

use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};

use crate::base::yaml::Spanned;

/// What stands below a word, in order.
#[derive(Debug, Default)]
pub(in crate::vendors::frr) struct Below(Vec<(Word, Below)>);

/// A word and its line.
#[derive(Debug, Clone)]
struct Word {
    text: Box<str>,
    line: u32,
}

impl Below {
    /// What stands below a word, which is added if it is not there.
    fn at(&mut self, text: &str, line: u32) -> &mut Self {
        let n = self.0.iter().position(|(w, _)| *w.text == *text).unwrap_or(self.0.len());
        if n == self.0.len() {
            self.0.push((Word { text: text.into(), line }, Self::default()));
        }
        &mut self.0[n].1
    }
    /// Adds a `nv set` line; other `nv` lines say nothing of the configuration.
    pub(in crate::vendors::frr) fn add(&mut self, words: &[&str], line: u32) {
        let mut at = self;
        for word in words {
            at = at.at(word.trim_matches(['\'', '"']), line);
        }
    }
    pub(super) fn get(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |at, text| at.0.iter().find(|(w, _)| *w.text == **text).map(|x| &x.1))
    }
    /// The one word that stands below a path. Of several, as lines that say another thing later leave them, the last.
    pub(super) fn value(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.0.last().map(|(w, _)| &*w.text)
    }
    /// The line of that word.
    pub(super) fn place(&self, path: &[&str]) -> Option<u32> {
        self.get(path)?.0.last().map(|(w, _)| w.line)
    }
    /// The one word that stands here, or another.
    pub(super) fn one_or<'s>(&'s self, other: &'s str) -> &'s str {
        self.value(&[]).unwrap_or(other)
    }
    /// The one word that stands here, or nothing.
    pub(super) fn one(&self) -> &str {
        self.one_or("")
    }
    pub(super) fn is(&self, path: &[&str], value: &str) -> bool {
        self.value(path) == Some(value)
    }
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u32, &Self)> {
        self.0.iter().map(|(w, below)| (&*w.text, w.line, below))
    }
    pub(in crate::vendors::frr) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Values stand on the line of their key.
    fn on_line(mut self, line: u32) -> Self {
        self.0.iter_mut().filter(|(w, _)| w.line == 0).for_each(|(w, _)| w.line = line);
        self
    }
}

impl<'de> Deserialize<'de> for Below {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Reader {
            fn word(text: &str) -> Below {
                Below(vec![(Word { text: text.into(), line: 0 }, Below::default())])
            }
        }
        impl<'de> Visitor<'de> for Reader {
            type Value = Below;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("words below words")
            }
            fn visit_str<E>(self, v: &str) -> Result<Below, E> {
                Ok(Self::word(v))
            }
            fn visit_bool<E>(self, v: bool) -> Result<Below, E> {
                Ok(Self::word(if v { "on" } else { "off" }))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Below, E> {
                Ok(Self::word(&v.to_string()))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Below, E> {
                Ok(Self::word(&v.to_string()))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Below, E> {
                Ok(Self::word(&v.to_string()))
            }
            fn visit_unit<E>(self) -> Result<Below, E> {
                Ok(Below::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Below, A::Error> {
                let mut out = Below::default();
                while let Some(more) = all.next_element::<Below>()? {
                    out.0.extend(more.0);
                }
                Ok(out)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Below, A::Error> {
                let mut out = Below::default();
                while let Some(key) = all.next_key::<Spanned<String>>()? {
                    let line = u32::try_from(key.referenced.line()).unwrap_or(0);
                    let below = all.next_value::<Below>()?.on_line(line);
                    out.0.push((Word { text: key.value.into(), line }, below));
                }
                Ok(out)
            }
        }
        from.deserialize_any(Reader)
    }
}
