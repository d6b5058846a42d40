//! What several integration tests share.

#![allow(dead_code, reason = "each test target uses its own part")]

use std::path::{Path, PathBuf};

pub mod compare;

/// The folder of real devices' labs: `$NETTWIN_SHARED/labs`, else `../shared/labs` beside the project; `None`: there is none.
pub fn labs_folder() -> Option<PathBuf> {
    let shared = std::env::var_os("NETTWIN_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(|p| p.join("shared"));
    shared.into_iter().chain(beside).map(|p| p.join("labs")).find(|p| p.is_dir())
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
