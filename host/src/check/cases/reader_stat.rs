//! `stat` of a reader: what is being read.

use larder_plugin_api::ErrorKind::Corrupt;
use larder_plugin_api::{Kind, Stat};

use crate::Reader;
use crate::check::expect::{equal, same_bytes, that, words};
use crate::check::place::rest;
use crate::check::{Case, Checked};

const OPERATION: &str = "reader_stat";

pub const CASES: &[Case] = &[
    case!(gives_the_size, [], "A reader says that it reads a file of as many bytes as it gives.", |ctx| {
        for text in ["", "12345"] {
            ctx.write("f", text)?;
            let stat = ctx.reader("f")?.stat()?;
            equal("kind and size", &(stat.kind, stat.size), &(Kind::File, text.len() as u64))?;
        }
        Ok(())
    }),
    case!(gives_what_stat_gives, [], "What else it gives is what `stat` of the path gives.", |ctx| {
        ctx.write("f", "12345")?;
        let (read, asked) = (ctx.reader("f")?.stat()?, ctx.stat("f")?);
        if read.etag.is_some() {
            equal("the etag", &read.etag, &asked.etag)?;
        }
        if read.modified.is_some() {
            equal("the modified time", &read.modified, &asked.modified)?;
        }
        if read.unix_mode.is_some() {
            equal("the permission bits", &read.unix_mode, &asked.unix_mode)?;
        }
        Ok(())
    }),
    case!(leaves_the_offset, [], "It leaves the offset of `read` where it is.", |ctx| {
        ctx.write("f", "0123456789")?;
        let mut reader = ctx.reader("f")?;
        let mut piece = [0; 4];
        let count = reader.read(&mut piece)?;
        reader.stat()?;
        same_bytes("the bytes that follow", &rest(&mut reader)?, &b"0123456789"[count..])
    }),
    case!(
        stays_that_of_what_was_opened,
        [],
        "After the file is replaced a reader goes on to describe the old one, which it reads.",
        |ctx| {
            ctx.write("f", "old")?;
            let (mut reader, old) = (ctx.reader("f")?, ctx.stat("f")?);
            ctx.write("f", "newer and longer")?;
            let Some(stat) = stat_of_replaced(&mut reader)? else { return Ok(()) };
            equal("the size", &stat.size, &old.size)?;
            that(stat.etag.is_none() || stat.etag == old.etag, &format!("the etag {:?}", old.etag), || {
                words(&stat.etag)
            })
        }
    ),
    case!(
        of_a_removed_file_is_no_other,
        [],
        "After the file is removed it still is that of the file.",
        |ctx| {
            ctx.write("f", "12345")?;
            let mut reader = ctx.reader("f")?;
            ctx.remove("f")?;
            let size = stat_of_replaced(&mut reader)?.map(|stat| stat.size);
            that(size.is_none_or(|size| size == 5), "the size 5", || words(&size))
        }
    ),
];

/// A reader whose file is replaced may fail as *corrupt*.
fn stat_of_replaced(reader: &mut Reader) -> Checked<Option<Stat>> {
    match reader.stat() {
        Err(error) if error.kind() == Corrupt => Ok(None),
        stat => Ok(Some(stat?)),
    }
}
