//! `open` in mode `r`: readers.

use std::io::SeekFrom;

use larder_plugin_api::ErrorKind::{Corrupt, InvalidArgument, IsADirectory, NotADirectory, NotFound};

use crate::Reader;
use crate::check::data::content;
use crate::check::expect::{equal, fails, same_bytes};
use crate::check::place::rest;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "open_read";

pub const CASES: &[Case] = &[
    case!(reads_what_was_written, [], "A reader gives the bytes that were written.", |ctx| {
        ctx.write("f", "larder")?;
        same_bytes("the content", &ctx.read("f")?, b"larder")
    }),
    case!(fails_when_the_file_is_missing, [], "Reading what is not there is *not found*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses(NotFound, |at| at.reader("g"))
    }),
    case!(fails_below_a_missing_directory, [], "A missing parent is *not found*.", |ctx| {
        ctx.refuses(NotFound, |at| at.reader("d/f"))
    }),
    case!(fails_below_a_file, [], "Reading below a file is *not found* or *not a directory*.", |ctx| {
        ctx.write("f", "")?;
        ctx.refuses_with_one_of(&[NotFound, NotADirectory], |at| at.reader("f/g"))
    }),
    case!(fails_on_a_directory, [], "Reading a directory is *is a directory*.", |ctx| {
        ctx.write("d/f", "")?;
        ctx.refuses(IsADirectory, |at| at.reader("d"))
    }),
    case!(
        fails_on_an_empty_directory,
        [Mkdir],
        "Reading a directory that was made and has nothing in it is *is a directory*.",
        |ctx| {
            ctx.makedirs("d")?;
            ctx.refuses(IsADirectory, |at| at.reader("d"))
        }
    ),
    case!(fails_on_the_beginning_of_a_name, [], "The beginning of a file's name names nothing.", |ctx| {
        ctx.write("file", "")?;
        ctx.refuses(NotFound, |at| at.reader("fil"))
    }),
    case!(gives_nothing_at_the_end, [], "At the end a read gives 0, as often as it is asked.", |ctx| {
        let mut reader = reader_of(ctx, b"abc")?;
        rest(&mut reader)?;
        for _ in 0..3 {
            equal("bytes read at the end", &reader.read(&mut [0; 8])?, &0)?;
        }
        Ok(())
    }),
    case!(
        gives_nothing_for_an_empty_buffer,
        [],
        "A read into an empty buffer gives 0 and skips nothing.",
        |ctx| {
            let mut reader = reader_of(ctx, b"abc")?;
            equal("bytes read", &reader.read(&mut [])?, &0)?;
            same_bytes("what is left", &rest(&mut reader)?, b"abc")
        }
    ),
    case!(reads_in_pieces_of_any_length, [], "Pieces of any length together are the content."),
    case!(
        seeks_from_the_beginning,
        [],
        "A seek from the beginning says the offset and reads there.",
        |ctx| { seek(ctx, 0, SeekFrom::Start(7), 7) }
    ),
    case!(seeks_from_where_it_is, [], "A seek from the current offset goes both ways.", |ctx| {
        seek(ctx, 4, SeekFrom::Current(3), 7)?;
        seek(ctx, 4, SeekFrom::Current(-3), 1)
    }),
    case!(seeks_from_the_end, [], "A seek from the end counts from there.", |ctx| {
        seek(ctx, 2, SeekFrom::End(-3), 7)
    }),
    case!(says_where_it_is, [], "A seek by nothing says the current offset.", |ctx| {
        seek(ctx, 5, SeekFrom::Current(0), 5)
    }),
    case!(
        reads_nothing_past_the_end,
        [],
        "A seek past the end is allowed, and reading there gives 0.",
        |ctx| {
            seek(ctx, 0, SeekFrom::Start(10), 10)?;
            seek(ctx, 0, SeekFrom::Start(1 << 40), 1 << 40)?;
            seek(ctx, 0, SeekFrom::End(5), 15)
        }
    ),
    case!(
        refuses_an_offset_before_the_beginning,
        [],
        "A seek before the beginning is *invalid argument*.",
        |ctx| {
            let mut reader = reader_of(ctx, b"0123456789")?;
            fails(InvalidArgument, reader.seek(SeekFrom::Current(-1)))?;
            fails(InvalidArgument, reader.seek(SeekFrom::End(-11)))
        }
    ),
    case!(read_at_reads_at_an_offset, [], "`read_at` gives the bytes at an offset.", |ctx| {
        let mut reader = reader_of(ctx, b"0123456789")?;
        read_at(&mut reader, 4, 3, b"456")
    }),
    case!(read_at_leaves_the_offset, [], "`read_at` leaves the offset of `read` where it was.", |ctx| {
        let mut reader = reader_of(ctx, b"0123456789")?;
        reader.seek(SeekFrom::Start(2))?;
        read_at(&mut reader, 8, 2, b"89")?;
        same_bytes("what `read` gives afterwards", &rest(&mut reader)?, b"23456789")
    }),
    case!(read_at_fills_the_buffer, [], "`read_at` fills the buffer as far as the file goes.", |ctx| {
        let whole = content(ctx.seed(), 3 << 20);
        let mut reader = reader_of(ctx, &whole)?;
        read_at(&mut reader, 1000, 2 << 20, &whole[1000..1000 + (2 << 20)])
    }),
    case!(read_at_stops_at_the_end, [], "`read_at` over the end gives what there is.", |ctx| {
        let mut reader = reader_of(ctx, b"0123456789")?;
        read_at(&mut reader, 8, 100, b"89")
    }),
    case!(read_at_past_the_end_gives_nothing, [], "`read_at` past the end gives 0.", |ctx| {
        let mut reader = reader_of(ctx, b"0123456789")?;
        read_at(&mut reader, 10, 4, b"")?;
        read_at(&mut reader, 1 << 40, 4, b"")
    }),
    case!(read_at_of_an_empty_file_gives_nothing, [], "`read_at` of an empty file gives 0.", |ctx| {
        let mut reader = reader_of(ctx, b"")?;
        read_at(&mut reader, 0, 4, b"")
    }),
    case!(knows_its_size, [], "A reader knows the size of the file, wherever it is.", |ctx| {
        let mut reader = reader_of(ctx, &content(ctx.seed(), 70_000))?;
        equal("the size", &reader.size()?, &70_000)?;
        reader.seek(SeekFrom::Start(69_999))?;
        equal("the size", &reader.size()?, &70_000)?;
        equal("the offset", &reader.seek(SeekFrom::Current(1))?, &70_000)
    }),
    case!(readers_of_one_file_are_independent, [], "Each reader has an offset of its own.", |ctx| {
        let mut first = reader_of(ctx, b"0123456789")?;
        let mut second = ctx.reader("f")?;
        first.seek(SeekFrom::Start(5))?;
        same_bytes("the second reader's bytes", &rest(&mut second)?, b"0123456789")?;
        same_bytes("the first reader's bytes", &rest(&mut first)?, b"56789")
    }),
    case!(
        gives_no_mix_when_the_file_is_replaced,
        [],
        "A reader whose file is replaced goes on with the old content or fails with *corrupt*.",
        |ctx| goes_on_after(ctx, |ctx| Ok(ctx.write("f", content(1, LARGE))?), false)
    ),
    case!(
        goes_on_or_fails_when_the_file_is_removed,
        [],
        "A reader whose file is removed goes on with the old content or fails with *corrupt*.",
        |ctx| goes_on_after(ctx, |ctx| Ok(ctx.remove("f")?), false)
    ),
    case!(
        gives_no_mix_when_the_file_grows,
        [Append],
        "A reader whose file is appended to gives the old content or the new one.",
        |ctx| {
            let grow = |ctx: &Context| Ok(ctx.put("f", larder_plugin_api::OpenMode::Append, b"more")?);
            goes_on_after(ctx, grow, true)
        }
    ),
];

const LARGE: usize = 3 << 20;

fn reader_of(ctx: &Context, content: &[u8]) -> Checked<Reader> {
    ctx.write("f", content)?;
    Ok(ctx.reader("f")?)
}

fn reads_in_pieces_of_any_length(ctx: &Context) -> Checked {
    let whole = content(ctx.seed(), 100_003);
    ctx.write("f", &whole)?;
    for piece_bytes in [1000, 4096, 65_536, 1 << 20] {
        let (mut reader, mut got, mut piece) = (ctx.reader("f")?, Vec::new(), vec![0; piece_bytes]);
        loop {
            match reader.read(&mut piece)? {
                0 => break,
                count => got.extend_from_slice(&piece[..count]),
            }
        }
        same_bytes(&format!("the content in pieces of {piece_bytes} bytes"), &got, &whole)?;
    }
    Ok(())
}

/// Reads from `0123456789` after two seeks.
fn seek(ctx: &Context, from: u64, to: SeekFrom, expected: u64) -> Checked {
    const CONTENT: &[u8] = b"0123456789";
    let mut reader = reader_of(ctx, CONTENT)?;
    reader.seek(SeekFrom::Start(from))?;
    equal("the offset that seek says", &reader.seek(to)?, &expected)?;
    let offset = usize::try_from(expected).map_or(CONTENT.len(), |offset| offset.min(CONTENT.len()));
    same_bytes("what is read from there", &rest(&mut reader)?, &CONTENT[offset..])
}

fn read_at(reader: &mut Reader, offset: u64, length: usize, expected: &[u8]) -> Checked {
    let mut buffer = vec![0; length];
    let count = reader.read_at(offset, &mut buffer)?;
    same_bytes(&format!("{length} bytes at offset {offset}"), &buffer[..count], expected)
}

/// Reads the beginning of a file, changes the file, reads on.
fn goes_on_after(ctx: &Context, change: fn(&Context) -> Checked, new_is_allowed: bool) -> Checked {
    let old = content(ctx.seed(), LARGE);
    let mut reader = reader_of(ctx, &old)?;
    let mut got = vec![0; 1000];
    let count = reader.read(&mut got)?;
    got.truncate(count);
    change(ctx)?;
    match rest(&mut reader) {
        Ok(rest) => got.extend(rest),
        Err(error) => return fails(Corrupt, Err::<(), _>(error)),
    }
    if new_is_allowed && got == ctx.read("f")? {
        return Ok(());
    }
    same_bytes("what the reader gave in all, when it is not *corrupt*", &got, &old)
}
