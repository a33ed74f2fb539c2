//! Through `object_store`, as its documentation shows it, with the same parts.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};

use futures::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use tokio::runtime::Runtime;

use crate::{Client, Done, PART, PARTS_AT_ONCE, variable};

pub struct Direct {
    runtime: Runtime,
    store: AmazonS3,
}

pub fn connect() -> Result<Direct, Box<dyn Error>> {
    let store = AmazonS3Builder::new()
        .with_bucket_name("bench")
        .with_region("us-east-1")
        .with_endpoint(variable("ENDPOINT"))
        .with_allow_http(true)
        .with_access_key_id(variable("KEY"))
        .with_secret_access_key(variable("SECRET"))
        .build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    Ok(Direct { runtime, store })
}

impl Client for Direct {
    fn up(&self, file: &str, key: &str) -> Done {
        self.runtime.block_on(async {
            let mut file = File::open(file)?;
            let upload = self.store.put_multipart(&Path::from(key)).await?;
            let mut writer = WriteMultipart::new_with_chunk_size(upload, PART);
            loop {
                let mut piece = Vec::with_capacity(PART);
                if Read::by_ref(&mut file).take(PART as u64).read_to_end(&mut piece)? == 0 {
                    break;
                }
                writer.wait_for_capacity(PARTS_AT_ONCE).await?;
                writer.put(piece.into());
            }
            writer.finish().await?;
            Ok(())
        })
    }

    fn down(&self, file: &str, key: &str) -> Done {
        self.runtime.block_on(async {
            let (mut file, path) = (File::create(file)?, Path::from(key));
            let size = self.store.head(&path).await?.size;
            let starts = (0..size).step_by(PART);
            let ranges = starts.map(|start| self.store.get_range(&path, start..(start + PART as u64).min(size)));
            let mut ranges = futures::stream::iter(ranges).buffered(PARTS_AT_ONCE);
            while let Some(bytes) = ranges.try_next().await? {
                file.write_all(&bytes)?;
            }
            Ok(())
        })
    }

    fn put(&self, key: &str, content: &[u8]) -> Done {
        self.runtime.block_on(self.store.put(&Path::from(key), content.to_vec().into()))?;
        Ok(())
    }

    fn get(&self, key: &str) -> Result<usize, Box<dyn Error>> {
        self.runtime.block_on(async { Ok(self.store.get(&Path::from(key)).await?.bytes().await?.len()) })
    }

    fn list(&self, prefix: &str) -> Result<usize, Box<dyn Error>> {
        let path = Path::from(prefix);
        Ok(self.runtime.block_on(self.store.list(Some(&path)).try_collect::<Vec<_>>())?.len())
    }

    fn remove(&self, prefix: &str) -> Done {
        let path = Path::from(prefix);
        self.runtime.block_on(async {
            let paths = self.store.list(Some(&path)).map_ok(|object| object.location).boxed();
            self.store.delete_stream(paths).try_collect::<Vec<_>>().await
        })?;
        Ok(())
    }
}
