//! Places in files: what a diagnostic points at.
//!
//! In: file names and texts. Out: [`FileId`], [`Origin`], [`Span`], [`SourceMap`]. Law: lines and columns count from 1.

use super::id::IdVec;

crate::define_id! {
    /// A file of the snapshot.
    FileId;
}

/// The line that a model object comes from. Small, so that every object can carry one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// The line, from 1; 0 where the object stands for a default that no line states.
    pub line: u32,
}

impl Origin {
    /// No place: a default of the operating system, or an object made by a test.
    pub const NONE: Self = Self { file: FileId(u32::MAX), line: 0 };

    /// Whether this names a line.
    pub fn is_some(self) -> bool {
        self.line != 0
    }
}

impl Default for Origin {
    fn default() -> Self {
        Self::NONE
    }
}

/// A stretch of one line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The line, from 1.
    pub line: u32,
    /// The first column, from 1, in bytes.
    pub column: u32,
    /// How many bytes; 0 = the whole line.
    pub length: u32,
}

impl From<Origin> for Span {
    fn from(o: Origin) -> Self {
        Self { file: o.file, line: o.line, column: 1, length: 0 }
    }
}

/// One file of the snapshot: its path as shown to people, its text and where its lines start.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path below the snapshot, with `/` between folders.
    pub path: String,
    /// The text (invalid UTF-8 replaced).
    pub text: String,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// Indexes a text by line.
    pub fn new(path: String, text: String) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(n, _)| n as u32 + 1));
        Self { path, text, line_starts }
    }
    /// How many lines there are (a last line without a line end counts).
    pub fn line_count(&self) -> u32 {
        let n = self.line_starts.len() as u32;
        if self.text.is_empty() || self.text.ends_with('\n') { n - 1 } else { n }
    }
    /// A line's text without its end, or "" if there is no such line.
    pub fn line(&self, line: u32) -> &str {
        let Some(&start) = (line as usize).checked_sub(1).and_then(|n| self.line_starts.get(n)) else { return "" };
        let end = self.line_starts.get(line as usize).map_or(self.text.len(), |&e| e as usize - 1);
        self.text[start as usize..end.max(start as usize)].trim_end_matches('\r')
    }
}

/// All files of a snapshot.
#[derive(Debug, Default, Clone)]
pub struct SourceMap {
    /// The files by id.
    pub files: IdVec<FileId, SourceFile>,
}

impl SourceMap {
    /// `path:line` of an origin, or "(default)" where no line states it.
    pub fn place(&self, origin: Origin) -> String {
        match self.files.get(origin.file) {
            Some(f) if origin.is_some() => format!("{}:{}", f.path, origin.line),
            _ => "(default)".to_owned(),
        }
    }
    /// The text of the line an origin names.
    pub fn line(&self, origin: Origin) -> &str {
        self.files.get(origin.file).map_or("", |f| f.line(origin.line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let f = SourceFile::new("a".into(), "x\r\ny\nz".into());
        assert_eq!(f.line_count(), 3);
        assert_eq!((f.line(1), f.line(2), f.line(3), f.line(4), f.line(0)), ("x", "y", "z", "", ""));
        assert_eq!(SourceFile::new("a".into(), "x\n".into()).line_count(), 1);
        assert_eq!(SourceFile::new("a".into(), String::new()).line_count(), 0);
    }
}
