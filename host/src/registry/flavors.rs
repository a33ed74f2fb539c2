//! The flavors of the registry.

use std::path::Path;

use super::flavor_record::FlavorRecord;
use super::{Registry, names};
use crate::error::{Error, Result};

impl Registry {
    /// The flavors, by name.
    pub fn flavors(&self) -> impl Iterator<Item = &FlavorRecord> {
        self.flavors.iter()
    }

    /// The flavor of this name.
    ///
    /// # Errors
    ///
    /// *Not found*, suggesting the closest name; *registry* when the item is broken.
    pub fn flavor(&self, name: &str) -> Result<&FlavorRecord> {
        self.flavors.get(name)
    }

    /// Whether the registry has a flavor of this name, readable or not.
    pub fn has_flavor(&self, name: &str) -> bool {
        self.flavors.contains(name)
    }

    /// Adds a flavor.
    ///
    /// # Errors
    ///
    /// *Already exists*, naming both libraries; *usage* for a name that is not allowed; *library* for a path that is not
    /// absolute or not UTF-8.
    pub fn add_flavor(&mut self, record: &FlavorRecord) -> Result<()> {
        check(record)?;
        if let Ok(known) = self.flavor(&record.name) {
            let (name, known) = (&record.name, known.library.display());
            return Err(Error::already_exists(format!(
                "flavor `{name}` of library `{}` is already registered, from library `{known}`",
                record.library.display()
            ))
            .with_hint(format!(
                "the registered one stays in use; delete flavor `{name}` first to use the other library"
            )));
        }
        self.flavors.must_be_free(&record.name)?;
        self.flavors.put(&record.name, record)
    }

    /// Adds a flavor, or puts this one in the place of the one of its name.
    ///
    /// # Errors
    ///
    /// *Usage* for a name that is not allowed; *library* for a path that is not absolute or not UTF-8.
    pub fn replace_flavor(&mut self, record: &FlavorRecord) -> Result<()> {
        check(record)?;
        self.flavors.put(&record.name, record)
    }

    /// Changes a flavor.
    ///
    /// # Errors
    ///
    /// Those of [`flavor`](Self::flavor) and of `change`.
    pub fn update_flavor<R>(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut FlavorRecord) -> Result<R>,
    ) -> Result<R> {
        self.flavors.change(name, |record| {
            let answer = change(record)?;
            check_library(name, &record.library)?;
            Ok(answer)
        })
    }

    /// Takes a flavor out. The library file is left alone.
    ///
    /// # Errors
    ///
    /// *In use*, naming the artifact stores of this flavor; *not found*.
    pub fn delete_flavor(&mut self, name: &str) -> Result<()> {
        let stores: Vec<&str> = self.stores_of_flavor(name).collect();
        if self.has_flavor(name) && !stores.is_empty() {
            return Err(Error::in_use(format!(
                "flavor `{name}` is used by {}",
                names::list("artifact store", &stores)
            ))
            .with_hint("delete the artifact stores first"));
        }
        self.flavors.remove(name)
    }

    /// The names of the artifact stores of this flavor.
    pub fn stores_of_flavor(&self, name: &str) -> impl Iterator<Item = &str> {
        self.stores.iter().filter(move |store| store.flavor == name).map(|store| store.name.as_str())
    }
}

fn check(record: &FlavorRecord) -> Result<()> {
    names::check("flavor", &record.name)?;
    check_library(&record.name, &record.library)
}

fn check_library(name: &str, library: &Path) -> Result<()> {
    let path = library.display();
    if library.to_str().is_none() {
        return Err(Error::library(format!(
            "the path `{path}` of the library for flavor `{name}` is not UTF-8, which the registry cannot hold"
        )));
    }
    if !library.is_absolute() {
        return Err(Error::library(format!(
            "the path `{path}` of the library for flavor `{name}` is not absolute"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::library::identity::FileIdentity;
    use crate::library::life::Pin;
    use crate::registry::tests::registry;
    use crate::registry::{FlavorRecord, Quarantine};

    #[test]
    fn a_second_library_with_the_flavor_is_refused_with_both_files() {
        let mut registry = registry();
        let error = registry.add_flavor(&FlavorRecord::new("local", "/lib/b.so")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(
            error.to_string(),
            "flavor `local` of library `/lib/b.so` is already registered, from library `/lib/a.so`"
        );
        assert_eq!(registry.flavor("local").unwrap().library, Path::new("/lib/a.so"));
        registry.replace_flavor(&FlavorRecord::new("local", "/lib/b.so")).unwrap();
        assert_eq!(registry.flavor("local").unwrap().library, Path::new("/lib/b.so"));
    }

    #[test]
    fn a_flavor_that_stores_use_is_kept() {
        let mut registry = registry();
        let error = registry.delete_flavor("local").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InUse);
        assert_eq!(error.to_string(), "flavor `local` is used by artifact stores `mine`, `other`");
        registry.delete_stack("dev", true).unwrap();
        registry.delete_store("other").unwrap();
        registry.delete_flavor("local").unwrap();
        assert_eq!(registry.delete_flavor("local").unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn suggests_the_closest_flavor() {
        let registry = registry();
        let error = registry.flavor("lcoal").unwrap_err();
        assert_eq!(error.to_string(), "no flavor is named `lcoal`");
        assert_eq!(error.hint(), Some("did you mean `local`?"));
    }

    #[test]
    fn a_library_is_named_by_an_absolute_path() {
        let error = registry().add_flavor(&FlavorRecord::new("x", "lib.so")).unwrap_err();
        assert_eq!(error.to_string(), "the path `lib.so` of the library for flavor `x` is not absolute");
    }

    #[test]
    fn accepted_bytes_lift_a_quarantine() {
        let mut flavor = FlavorRecord::new("x", "/lib/x.so");
        flavor.quarantine = Some(Quarantine::new("it crashed", None));
        let identity = FileIdentity::of(&std::env::current_exe().unwrap()).unwrap();
        flavor.accept(&Pin { sha256: "ff".to_owned(), identity, bundled: Vec::new() });
        assert_eq!((flavor.sha256.as_deref(), &flavor.quarantine), (Some("ff"), &None));
        assert_eq!(flavor.size_bytes, Some(identity.size_bytes));
    }
}
