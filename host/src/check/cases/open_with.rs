//! `open_with`: the permission bits and the modified time that a new file is given. A store that keeps none ignores them.

use std::time::{Duration, SystemTime};

use larder_plugin_api::{OpenMode, OpenOptions};

use crate::check::expect::{equal, same_bytes, that, words};
use crate::check::{Case, Checked, Context, Stop};

const OPERATION: &str = "open_with";

pub const CASES: &[Case] = &[
    case!(
        takes_a_modified_time,
        [],
        "With a modified time a file is written as without, and has that time or the time of the write.",
        |ctx| {
            let given = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
            let options = OpenOptions::new(OpenMode::Write).with_modified(Some(given));
            ctx.put_with("d/f", options, b"content")?;
            ctx.put_with("d/f", options, b"again")?;
            same_bytes("the content", &ctx.read("d/f")?, b"again")?;
            let modified = ctx.stat("d/f")?.modified;
            // Stores that keep whole seconds round it; a clock of a server may differ from this one by hours, not by years.
            let near = |modified: SystemTime| {
                let apart = modified.duration_since(given).unwrap_or_else(|error| error.duration());
                apart <= Duration::from_secs(2) || modified > given + DAY
            };
            that(modified.is_none_or(near), "the given time, or that of the write", || words(&modified))
        }
    ),
    case!(
        takes_permission_bits,
        [],
        "With permission bits a file is written as without, in each mode that writes.",
        |ctx| {
            for (path, mode) in modes(ctx) {
                for bits in [0o600, 0o640, 0o755, 0o444] {
                    let (path, options) = (format!("{path}-{bits:o}"), with_bits(mode, bits));
                    ctx.put_with(&path, options, b"content")?;
                    same_bytes("the content", &ctx.read(&path)?, b"content")?;
                    ctx.write(&path, "newer")?;
                    same_bytes("the content after another write", &ctx.read(&path)?, b"newer")?;
                }
            }
            Ok(())
        }
    ),
    case!(
        gives_a_new_file_no_wider_bits,
        [],
        "A new file has the given permission bits less some, and none that was not given.",
        |ctx| {
            for (path, mode) in modes(ctx) {
                for given in [0o600, 0o640, 0o755, 0o444] {
                    let path = format!("{path}-{given:o}");
                    ctx.put_with(&path, with_bits(mode, given), b"content")?;
                    let bits = bits_of(ctx, &path)?;
                    that(bits & !given == 0, &format!("nothing but {given:o}"), || format!("{bits:o}"))?;
                }
            }
            Ok(())
        }
    ),
    case!(
        a_replaced_file_keeps_its_bits,
        [],
        "A file that is replaced keeps its permission bits, whatever is given.",
        |ctx| {
            for first in [0o600, 0o640, 0o700] {
                let path = format!("{first:o}");
                ctx.put_with(&path, with_bits(OpenMode::Write, first), b"content")?;
                let bits = bits_of(ctx, &path)?;
                ctx.put_with(&path, with_bits(OpenMode::Write, 0o777), b"newer")?;
                equal("the bits after another write", &bits_of(ctx, &path)?, &bits)?;
                ctx.write(&path, "newest")?;
                equal("the bits after a write that gives none", &bits_of(ctx, &path)?, &bits)?;
            }
            Ok(())
        }
    ),
];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn with_bits(mode: OpenMode, bits: u32) -> OpenOptions {
    OpenOptions::new(mode).with_unix_mode(Some(bits))
}

/// The modes that make a file and are claimed.
fn modes(ctx: &Context) -> Vec<(&'static str, OpenMode)> {
    use larder_plugin_api::Capability::{Append, Exclusive};
    let mut modes = vec![("w", OpenMode::Write)];
    modes.extend(ctx.claims(Exclusive).then_some(("x", OpenMode::Exclusive)));
    modes.extend(ctx.claims(Append).then_some(("a", OpenMode::Append)));
    modes
}

fn bits_of(ctx: &Context, path: &str) -> Checked<u32> {
    let bits = ctx.stat(path)?.unix_mode;
    bits.ok_or_else(|| Stop::Skipped("this store keeps no permission bits".to_owned()))
}
