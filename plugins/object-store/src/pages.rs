//! A listing as the service gives it, taken over page by page.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use larder_plugin_api::{Result, StorePath};

use crate::client::SharedClient;
use crate::order::ByteOrder;
use crate::requests::Lister;
use crate::wire::listed::{Listed, Listing};

/// The keys of a listing, one after another.
pub struct Pages {
    client: SharedClient,
    lister: Lister,
    page: VecDeque<Listed>,
    /// Objects that stand for directories, by the key that such a directory's marker has: it comes later.
    folders: BTreeMap<String, Listed>,
    order: ByteOrder<Listed>,
    is_over: bool,
}

impl Pages {
    /// What is in a directory: its files, and its directories once each.
    pub fn of_directory(client: &SharedClient, path: StorePath<'_>) -> Self {
        Self::new(client, Lister::of_directory(path))
    }

    /// Every key below a directory, in the order of their bytes, its marker first.
    pub fn of_tree(client: &SharedClient, path: StorePath<'_>) -> Self {
        Self::new(client, Lister::of_tree(path))
    }

    fn new(client: &SharedClient, lister: Lister) -> Self {
        Self {
            client: client.clone(),
            lister,
            page: VecDeque::new(),
            folders: BTreeMap::new(),
            order: ByteOrder::default(),
            is_over: false,
        }
    }

    /// The next key, in the order of the keys' bytes. After an error there is none.
    pub fn next(&mut self) -> Result<Option<Listed>> {
        let mut order = std::mem::take(&mut self.order);
        let next = order.next(|listed| Cow::Borrowed(&listed.key), || self.next_in_place());
        self.order = order;
        next
    }

    /// The next key, where a directory comes at its marker's place whatever object stands for it.
    fn next_in_place(&mut self) -> Result<Option<Listed>> {
        loop {
            self.fill()?;
            let next = self.page.front();
            let is_due = |folder: &String| next.is_none_or(|next| *folder <= next.key);
            if let Some((key, folder)) = self.folders.pop_first() {
                if is_due(&key) {
                    // What is listed in its own right comes instead.
                    if next.is_some_and(|next| next.key == key) {
                        continue;
                    }
                    return Ok(Some(Listed { key, ..folder }));
                }
                self.folders.insert(key, folder);
            }
            match self.page.pop_front() {
                Some(folder) if folder.kind == Listing::Folder && !folder.key.ends_with('/') => {
                    self.folders.insert(format!("{}/", folder.key), folder);
                }
                next => return Ok(next),
            }
        }
    }

    /// Fetches pages until one has a key.
    fn fill(&mut self) -> Result<()> {
        while self.page.is_empty() && !self.is_over {
            let next = self.client.wait(self.lister.next_page(&self.client));
            self.is_over = !matches!(next, Ok(Some(_)));
            self.page.extend(next?.into_iter().flatten());
        }
        Ok(())
    }
}
