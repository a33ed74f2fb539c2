//! Names: everything but `/` and NUL is an ordinary character.

use crate::check::expect::{equal, names, same_bytes};
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "names";

const NFC: &str = "caf\u{e9}";
const NFD: &str = "cafe\u{301}";

pub const CASES: &[Case] = &[
    case!(spaces, [], "A name may have spaces.", |ctx| keeps(ctx, "a b  c")),
    case!(leading_space, [], "A name may begin with a space.", |ctx| keeps(ctx, " a")),
    case!(trailing_space, [], "A name may end with a space.", |ctx| keeps(ctx, "a ")),
    case!(only_a_space, [], "A name may be a space.", |ctx| keeps(ctx, " ")),
    case!(unicode_composed, [], "A name may be composed unicode (NFC).", |ctx| keeps(ctx, NFC)),
    case!(unicode_decomposed, [], "A name may be decomposed unicode (NFD).", |ctx| keeps(ctx, NFD)),
    case!(unicode_forms_are_two_names, [], "The two normal forms of a text are two names.", |ctx| {
        distinct(ctx, &[NFC, NFD])
    }),
    case!(upper_and_lower_case_are_two_names, [], "Upper and lower case are different.", |ctx| {
        distinct(ctx, &["name", "Name", "NAME"])
    }),
    case!(outside_the_basic_plane, [], "A name may have characters of four bytes.", |ctx| keeps(
        ctx,
        "\u{1f980}"
    )),
    case!(right_to_left, [], "A name may be written from right to left.", |ctx| keeps(
        ctx,
        "\u{5e9}\u{5dc}\u{5d5}"
    )),
    case!(percent_encoded_slash, [], "`%2F` is no slash: nothing is decoded.", |ctx| keeps(ctx, "a%2Fb")),
    case!(percent_sign, [], "A name may have a `%`, also where it encodes nothing.", |ctx| keeps(
        ctx, "100%"
    )),
    case!(percent_encoding_is_not_decoded, [], "A character and its encoding are different names.", |ctx| {
        distinct(ctx, &["a b", "a+b", "a%20b", "a%2520b"])
    }),
    case!(plus, [], "A name may have a `+`.", |ctx| keeps(ctx, "a+b")),
    case!(question_mark, [], "A name may have a `?`.", |ctx| keeps(ctx, "a?b=c")),
    case!(hash, [], "A name may have a `#`.", |ctx| keeps(ctx, "a#b")),
    case!(ampersand, [], "A name may have a `&`, as in markup.", |ctx| keeps(ctx, "a&amp;<b>")),
    case!(star, [], "A name may have a `*`.", |ctx| keeps(ctx, "a*")),
    case!(opening_bracket, [], "A name may have a `[`.", |ctx| keeps(ctx, "a[")),
    case!(brackets, [], "A name may look like a pattern.", |ctx| keeps(ctx, "[a-z]{b,c}")),
    case!(leading_dot, [], "A name may begin with a dot.", |ctx| keeps(ctx, ".a")),
    case!(leading_dots, [], "A name may begin with two dots.", |ctx| keeps(ctx, "..a")),
    case!(three_dots, [], "Three dots are a name.", |ctx| keeps(ctx, "...")),
    case!(trailing_dot, [], "A name may end with a dot.", |ctx| keeps(ctx, "a.")),
    case!(leading_dash, [], "A name may begin with a dash.", |ctx| keeps(ctx, "-rf")),
    case!(tilde, [], "A name may be a `~`.", |ctx| keeps(ctx, "~")),
    case!(colon, [], "A name may have a colon.", |ctx| keeps(ctx, "C:a")),
    case!(uri, [], "A name may look like the beginning of a URI.", |ctx| keeps(ctx, "s3:")),
    case!(backslash, [], "A backslash is no separator.", |ctx| keeps(ctx, "a\\b")),
    case!(quotes, [], "A name may have quotes.", |ctx| keeps(ctx, "'a' \"b\" `c`")),
    case!(dollar, [], "A name may look like a variable.", |ctx| keeps(ctx, "$HOME ${a}")),
    case!(newline, [], "A name may have a newline.", |ctx| keeps(ctx, "a\nb")),
    case!(tab, [], "A name may have a tab.", |ctx| keeps(ctx, "a\tb")),
    case!(control_character, [], "A name may have a control character.", |ctx| keeps(ctx, "a\u{1}b\u{7f}")),
    case!(temporary, [], "A name may look like that of a temporary file.", |ctx| keeps(ctx, ".tmp-a.part~")),
    case!(device, [], "A name may be one that some systems keep for a device.", |ctx| keeps(ctx, "con")),
    case!(component_of_255_bytes, [], "A component may have 255 bytes.", |ctx| keeps(ctx, &"n".repeat(255))),
    case!(component_of_255_bytes_of_unicode, [], "A component may have 255 bytes in 85 characters.", |ctx| {
        keeps(ctx, &"\u{20ac}".repeat(85))
    }),
    case!(path_of_900_bytes, [], "A path may have 900 bytes.", long_path),
];

/// A name as that of a file and of a directory.
fn keeps(ctx: &Context, name: &str) -> Checked {
    let (file, below) = (format!("files/{name}"), format!("directories/{name}/f"));
    ctx.write(&file, "file")?;
    ctx.write(&below, "below")?;
    names("the names of the files", &ctx.listdir("files")?, &[name])?;
    names("the names of the directories", &ctx.listdir("directories")?, &[name])?;
    same_bytes("the content of the file", &ctx.read(&file)?, b"file")?;
    same_bytes("the content of the file below", &ctx.read(&below)?, b"below")?;
    equal("the size of the file", &ctx.stat(&file)?.size, &4)?;
    ctx.remove(&file)?;
    ctx.rmtree(&format!("directories/{name}"))?;
    ctx.write("keep", "")?;
    ctx.remove_if_empty("files")?;
    ctx.remove_if_empty("directories")?;
    ctx.holds(&[("keep", "")])
}

/// Names that are all different, each with its own content.
fn distinct(ctx: &Context, different: &[&str]) -> Checked {
    ctx.files(different)?;
    let mut expected = different.to_vec();
    expected.sort_unstable();
    let mut found = ctx.listdir("")?;
    found.sort();
    names("the names", &found, &expected)?;
    different.iter().try_for_each(|name| {
        same_bytes(&format!("the content of `{name}`"), &ctx.read(name)?, name.as_bytes())
    })
}

fn long_path(ctx: &Context) -> Checked {
    const LENGTH: usize = 900;
    const COMPONENT: usize = 90;
    let mut path = String::new();
    let mut left = LENGTH - ctx.path("").len() - 1;
    while left > 2 * COMPONENT {
        path.push_str(&"p".repeat(COMPONENT - 1));
        path.push('/');
        left -= COMPONENT;
    }
    path.push_str(&"f".repeat(left));
    equal("the length of the path", &ctx.path(&path).len(), &LENGTH)?;
    ctx.write(&path, "deep")?;
    same_bytes("the content", &ctx.read(&path)?, b"deep")?;
    equal("the number of directories and files", &ctx.tree()?.len(), &(path.split('/').count()))
}
