//! Through Apache OpenDAL, as its documentation shows it, with the same parts.

use std::error::Error;
use std::fs::File;
use std::future::IntoFuture;
use std::io::{Read, Write};

use futures::TryStreamExt;
use opendal::services::S3;
use opendal::{Operator, layers::RetryLayer};
use tokio::runtime::Runtime;

use crate::{Client, Done, PART, PARTS_AT_ONCE, variable};

pub struct OpenDal {
    runtime: Runtime,
    operator: Operator,
}

pub fn connect() -> Result<OpenDal, Box<dyn Error>> {
    let service = S3::default()
        .bucket("bench")
        .region("us-east-1")
        .endpoint(&variable("ENDPOINT"))
        .access_key_id(&variable("KEY"))
        .secret_access_key(&variable("SECRET"))
        .checksum_algorithm("crc32c")
        .disable_ec2_metadata()
        .disable_config_load();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    Ok(OpenDal { runtime, operator: Operator::new(service)?.layer(RetryLayer::new()) })
}

impl Client for OpenDal {
    fn up(&self, file: &str, key: &str) -> Done {
        self.runtime.block_on(async {
            let mut file = File::open(file)?;
            let mut writer = self.operator.writer_with(key).chunk(PART).concurrent(PARTS_AT_ONCE).await?;
            loop {
                let mut piece = Vec::with_capacity(PART);
                if Read::by_ref(&mut file).take(PART as u64).read_to_end(&mut piece)? == 0 {
                    break;
                }
                writer.write(piece).await?;
            }
            writer.close().await?;
            Ok(())
        })
    }

    fn down(&self, file: &str, key: &str) -> Done {
        self.runtime.block_on(async {
            let mut file = File::create(file)?;
            let reader = self.operator.reader_with(key).chunk(PART).concurrent(PARTS_AT_ONCE).await?;
            let mut stream = reader.into_bytes_stream(..).await?;
            while let Some(bytes) = stream.try_next().await? {
                file.write_all(&bytes)?;
            }
            Ok(())
        })
    }

    fn put(&self, key: &str, content: &[u8]) -> Done {
        self.runtime.block_on(self.operator.write(key, content.to_vec()))?;
        Ok(())
    }

    fn get(&self, key: &str) -> Result<usize, Box<dyn Error>> {
        Ok(self.runtime.block_on(self.operator.read(key))?.len())
    }

    fn list(&self, prefix: &str) -> Result<usize, Box<dyn Error>> {
        Ok(self.runtime.block_on(self.operator.list(&format!("{prefix}/")))?.len())
    }

    fn remove(&self, prefix: &str) -> Done {
        Ok(self.runtime.block_on(self.operator.delete_with(&format!("{prefix}/")).recursive(true).into_future())?)
    }
}
