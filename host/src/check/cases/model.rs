//! A random sequence of operations does what a model in memory says, step by step.

use crate::check::model::agrees;
use crate::check::{Case, Checked, Context};

const OPERATION: &str = "model";

pub const CASES: &[Case] = &[
    case!(
        agrees_over_few_paths,
        [],
        "A random sequence of operations on few paths, which often meet, agrees with the model.",
        |ctx| { several(ctx, &["a", "b"], 2, 150, 4) }
    ),
    case!(
        agrees_over_nested_paths,
        [],
        "A random sequence of operations on nested paths agrees with the model.",
        |ctx| { several(ctx, &["a", "b", "c"], 4, 150, 3) }
    ),
    case!(
        agrees_over_names_that_begin_alike,
        [],
        "A random sequence of operations on names that begin alike agrees with the model.",
        |ctx| { several(ctx, &["a", "a-", "a.", "a0", "ab"], 2, 150, 3) }
    ),
    case!(
        agrees_over_a_long_sequence,
        [],
        "A long random sequence of operations agrees with the model.",
        |ctx| { several(ctx, &["x", "y", "x y", ".z"], 3, 600, 1) }
    ),
];

fn several(ctx: &Context, components: &[&str], depth: usize, steps: usize, sequences: usize) -> Checked {
    (0..sequences).try_for_each(|number| agrees(ctx, number, components, depth, steps))
}
