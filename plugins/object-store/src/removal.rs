//! Removals of many objects: a page of keys a request where the service has one, several requests at a time.

use futures::StreamExt as _;
use larder_plugin_api::Result;

use crate::client::Client;
use crate::keys;
use crate::requests::Removal;
use crate::wire::listed::Listed;

/// Keys of one request: as many as a listing has on a page, and S3 removes at once.
pub const PAGE: usize = 1000;

/// How many pages are removed side by side.
pub const PAGES_AT_ONCE: usize = 4;

/// A key, and the etag that its object must have.
pub type Expected = (String, Option<String>);

/// How the objects of a page are removed.
#[derive(Default)]
struct Plan {
    /// By one request that this crate makes.
    batch: Vec<Expected>,
    /// By OpenDAL, which splits them as the service wants it.
    bulk: Vec<String>,
    /// One by one.
    single: Vec<Expected>,
}

impl Client {
    /// Removes a page of objects, whatever they are; one that is not there counts as removed.
    ///
    /// # Errors
    ///
    /// The first of those that stay. The others are gone, or stay for a reason of their own.
    pub async fn remove_page(&self, page: Vec<Listed>) -> Result<()> {
        self.known.removed();
        let plan = self.plan(page)?;
        let mut failed = None;
        if !plan.batch.is_empty() {
            let outcomes = self.remove_batch(&plan.batch).await?;
            failed = outcomes.into_iter().find_map(Result::err);
        }
        if !plan.bulk.is_empty() {
            let result = self.remove_bulk(&plan.bulk).await;
            failed = failed.or(result.err());
        }
        let singles = plan.single.iter().map(|(key, _)| self.remove_key(key, None));
        let outcomes: Vec<_> =
            futures::stream::iter(singles).buffer_unordered(self.tuning.requests).collect().await;
        failed.or_else(|| outcomes.into_iter().find_map(Result::err)).map_or(Ok(()), Err)
    }

    fn plan(&self, page: Vec<Listed>) -> Result<Plan> {
        let dialect = self.dialect()?;
        let has_batch = dialect.delete_batch(&[]).is_some();
        let mut plan = Plan::default();
        let is_alone = page.len() == 1;
        for listed in page {
            let has_path = keys::place(&listed).reason.is_none() && !listed.key.is_empty();
            if has_batch {
                if is_alone || !dialect.fits_batch(&listed.key) {
                    plan.single.push((listed.key, None));
                } else {
                    plan.batch.push((listed.key, None));
                }
            } else if has_path && !is_alone {
                plan.bulk.push(listed.key);
            } else {
                plan.single.push((listed.key, None));
            }
        }
        Ok(plan)
    }

    /// Removes objects, each only when it has its etag. One outcome for each, in their order.
    pub async fn remove_expected(&self, files: &[Expected]) -> Vec<Result<Removal>> {
        let can_compare_in_batch = self.service.conditional_deletes
            && self.dialect().is_ok_and(|dialect| {
                dialect.delete_batch(&[]).is_some()
                    && files.len() > 1
                    && files.iter().all(|(key, _)| dialect.fits_batch(key))
            });
        if !can_compare_in_batch {
            let singles = files.iter().map(|(key, etag)| self.remove_key(key, etag.as_deref()));
            return futures::stream::iter(singles).buffered(self.tuning.requests).collect().await;
        }
        let pages = files.chunks(PAGE).map(|page| self.outcomes(page));
        let pages: Vec<_> = futures::stream::iter(pages).buffered(PAGES_AT_ONCE).collect().await;
        pages.into_iter().flatten().collect()
    }

    /// The outcomes of one batch; where the whole batch failed, that of each of its objects.
    async fn outcomes(&self, page: &[Expected]) -> Vec<Result<Removal>> {
        match self.remove_batch(page).await {
            Ok(outcomes) => outcomes,
            Err(error) => page.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}
