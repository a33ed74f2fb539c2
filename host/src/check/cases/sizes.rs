//! Sizes: what is written comes back, around the lengths at which stores change what they do.

use larder_plugin_api::OpenMode;

use crate::check::data::fill;
use crate::check::expect::{equal, same_bytes};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "sizes";

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

pub const CASES: &[Case] = &[
    case!(bytes_0, [], "A file of 0 bytes comes back.", |ctx| comes_back(ctx, 0)),
    case!(bytes_1, [], "A file of 1 byte comes back.", |ctx| comes_back(ctx, 1)),
    case!(kib_64_less_1, [], "A file of 64 KiB less a byte comes back.", |ctx| comes_back(ctx, 64 * KIB - 1)),
    case!(kib_64, [], "A file of 64 KiB comes back.", |ctx| comes_back(ctx, 64 * KIB)),
    case!(kib_64_and_1, [], "A file of 64 KiB and a byte comes back.", |ctx| comes_back(ctx, 64 * KIB + 1)),
    case!(kib_256_less_1, [], "A file of 256 KiB less a byte comes back.", |ctx| comes_back(
        ctx,
        256 * KIB - 1
    )),
    case!(kib_256, [], "A file of 256 KiB comes back.", |ctx| comes_back(ctx, 256 * KIB)),
    case!(kib_256_and_1, [], "A file of 256 KiB and a byte comes back.", |ctx| comes_back(
        ctx,
        256 * KIB + 1
    )),
    case!(mib_1, [], "A file of 1 MiB comes back.", |ctx| comes_back(ctx, MIB)),
    case!(mib_5_less_1, [], "A file of 5 MiB less a byte comes back.", |ctx| comes_back(ctx, 5 * MIB - 1)),
    case!(mib_5, [], "A file of 5 MiB comes back.", |ctx| comes_back(ctx, 5 * MIB)),
    case!(mib_5_and_1, [], "A file of 5 MiB and a byte comes back.", |ctx| comes_back(ctx, 5 * MIB + 1)),
    case!(mib_8_less_1, [], "A file of 8 MiB less a byte comes back.", |ctx| comes_back(ctx, 8 * MIB - 1)),
    case!(mib_8, [], "A file of 8 MiB comes back.", |ctx| comes_back(ctx, 8 * MIB)),
    case!(mib_8_and_1, [], "A file of 8 MiB and a byte comes back.", |ctx| comes_back(ctx, 8 * MIB + 1)),
    case!(mib_16_and_1, [], "A file of 16 MiB and a byte comes back.", |ctx| comes_back(ctx, 16 * MIB + 1)),
    case!(mib_33, [], "A file of 33 MiB comes back.", |ctx| comes_back(ctx, 33 * MIB)),
    case!(gib_1, [], "A file of 1 GiB comes back.", |ctx| comes_back(ctx, 1024 * MIB)).full(),
];

/// Not a divisor of the sizes that stores use themselves.
const WRITE_BYTES: usize = 192 * 1024;
const READ_BYTES: usize = 320 * 1024;

fn comes_back(ctx: &Context, size: u64) -> Checked {
    let (seed, mut writer, mut piece) = (ctx.seed(), ctx.writer("f", OpenMode::Write)?, vec![0; WRITE_BYTES]);
    let mut offset = 0;
    while offset < size {
        let length = usize::try_from(size - offset).map_or(WRITE_BYTES, |left| left.min(WRITE_BYTES));
        fill(seed, offset, &mut piece[..length]);
        writer.write(&piece[..length])?;
        offset += length as u64;
    }
    writer.close()?;
    compare(ctx, seed, size)
}

fn compare(ctx: &Context, seed: u64, size: u64) -> Checked {
    let mut reader = ctx.reader("f")?;
    equal("the size that the reader says", &reader.size()?, &size)?;
    let (mut piece, mut expected, mut offset) = (vec![0; READ_BYTES], vec![0; READ_BYTES], 0);
    loop {
        let mut filled = 0;
        while filled < READ_BYTES {
            match reader.read(&mut piece[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        if filled == 0 {
            return equal("the bytes that were read", &offset, &size);
        }
        fill(seed, offset, &mut expected[..filled]);
        same_bytes(&format!("the bytes from offset {offset}"), &piece[..filled], &expected[..filled])?;
        offset += filled as u64;
    }
}
