//! Config texts as a network.

use nettwin::model::Network;

/// The network of devices by name and config.
pub fn network(configs: &[(&str, &str)]) -> Network {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("configs")).unwrap();
    for (name, text) in configs {
        std::fs::write(folder.path().join("configs").join(format!("{name}.cfg")), text).unwrap();
    }
    nettwin::load::load(folder.path()).unwrap().network
}
