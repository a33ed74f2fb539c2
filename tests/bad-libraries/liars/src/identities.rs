//! Lies of `identity`.

use larder_plugin_api::{ArtifactStore, Identity, Result, StorePath};

use crate::Lie;
use crate::store::Liar;

impl Liar {
    pub fn lying_identity(&self, path: StorePath) -> Result<Option<Identity>> {
        Ok(self.honest.identity(path)?.map(|identity| self.lying(identity)))
    }

    fn lying(&self, mut identity: Identity) -> Identity {
        match self.lie {
            Lie::IdentityOfInstance => identity.scope = format!("{}.{}", identity.scope, self.number),
            Lie::IdentityOneForAll => "all".clone_into(&mut identity.thing),
            Lie::IdentityAlone => identity.above.clear(),
            Lie::IdentityByPrefix => {
                let beginnings = identity.thing.char_indices().map(|(at, _)| identity.thing[..at].to_owned());
                identity.above = beginnings.collect();
            }
            _ => {}
        }
        identity
    }
}
