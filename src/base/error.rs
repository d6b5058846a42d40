//! Failures of files, flags and limits. Config content never makes one.

/// What can go wrong outside the configs themselves.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The path.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file or the output could not be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The path, or `standard output`.
        path: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file of ours (scenario, policy, demands, layer 1) does not say what it should.
    #[error("{path}: {message}")]
    Format {
        /// The path, with `:line` where known.
        path: String,
        /// What is wrong and what was wanted.
        message: String,
    },
    /// What was asked for makes no sense for this network; the message says what would.
    #[error("{0}")]
    Usage(String),
}
