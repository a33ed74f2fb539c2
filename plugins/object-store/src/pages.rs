//! A listing as the service gives it, taken over page by page.

use std::borrow::Cow;
use std::collections::VecDeque;

use larder_plugin_api::{Result, StorePath};
use opendal::options::ListOptions;
use opendal::raw::oio;

use crate::client::SharedClient;
use crate::order::ByteOrder;

/// How many entries are taken over at once: about what a page has.
const BATCH: usize = 1000;

/// The keys of a listing, one after another.
pub struct Pages {
    client: SharedClient,
    lister: oio::Lister,
    batch: VecDeque<oio::Entry>,
    order: ByteOrder<oio::Entry>,
    is_over: bool,
}

impl Pages {
    /// What is in a directory: its files, and its directories once each.
    pub fn of_directory(client: &SharedClient, path: StorePath<'_>) -> Result<Self> {
        Self::new(client, path, ListOptions::default())
    }

    /// Every key below a directory, in the order of their bytes, its marker first.
    pub fn of_tree(client: &SharedClient, path: StorePath<'_>) -> Result<Self> {
        Self::new(client, path, ListOptions { recursive: true, ..ListOptions::default() })
    }

    fn new(client: &SharedClient, path: StorePath<'_>, options: ListOptions) -> Result<Self> {
        let lister = client.list(path, options)?;
        Ok(Self {
            client: client.clone(),
            lister,
            batch: VecDeque::new(),
            order: ByteOrder::default(),
            is_over: false,
        })
    }

    /// The next entry of a tree, in the order of the keys' bytes. After an error there is none.
    pub fn next(&mut self) -> Result<Option<oio::Entry>> {
        let mut order = std::mem::take(&mut self.order);
        let next = order.next(|entry| Cow::Borrowed(entry.path()), || self.next_listed());
        self.order = order;
        next
    }

    /// The next entry as the service lists it. After an error there is none.
    pub fn next_listed(&mut self) -> Result<Option<oio::Entry>> {
        if self.batch.is_empty() && !self.is_over {
            let result = self.client.wait(take_batch(&self.client, &mut self.lister, &mut self.batch));
            self.is_over = !matches!(result, Ok(true));
            result?;
        }
        Ok(self.batch.pop_front())
    }
}

/// Says whether there can be more.
async fn take_batch(
    client: &SharedClient,
    lister: &mut oio::Lister,
    batch: &mut VecDeque<oio::Entry>,
) -> Result<bool> {
    while batch.len() < BATCH {
        match client.next_listed(lister).await? {
            Some(entry) => batch.push_back(entry),
            None => return Ok(false),
        }
    }
    Ok(true)
}
