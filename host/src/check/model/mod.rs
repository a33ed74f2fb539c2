//! A random sequence of operations, compared step by step with a model, and made as short as it still fails.

mod answer;
mod pattern;
mod state;
mod step;

use std::time::{Duration, Instant};

use super::expect::words;
use super::place::Place;
use super::{Checked, Context, Stop};
use answer::Said;
use state::Model;
use step::{Chance, Step};

/// How long a failing sequence is made shorter.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a store and the model part.
struct Difference {
    /// The number of the step, or of all steps when the trees differ at the end.
    at: usize,
    expected: String,
    got: String,
}

/// A sequence of steps agrees with the model; the number tells the sequences of one case apart.
pub fn agrees(ctx: &Context, number: usize, components: &[&str], depth: usize, count: usize) -> Checked {
    let mut chance = Chance::new(ctx, number, components, depth);
    let steps: Vec<Step> = (0..count).map(|_| chance.step()).collect();
    let replays = &mut 0;
    match replay(ctx, number, replays, &steps)? {
        None => Ok(()),
        Some(difference) => Err(explain(ctx, number, replays, steps, difference)),
    }
}

/// Runs the steps in a fresh directory, up to the first difference.
fn replay(ctx: &Context, number: usize, replays: &mut usize, steps: &[Step]) -> Checked<Option<Difference>> {
    *replays += 1;
    let directory = ctx.path(&format!("{number}-{replays}"));
    let place = Place { store: ctx.store.clone(), directory };
    // `mkdir` needs the parent, and the file keeps it.
    place.write("keep", "")?;
    let mut model = Model::new();
    for (at, step) in steps.iter().enumerate() {
        let expected = model.run(step);
        let got = step.run(&place);
        if !expected.admits(&got) {
            return Ok(Some(Difference { at, expected: expected.to_string(), got: Said::describe(&got) }));
        }
        model.settle(|directory| place.listdir(directory).is_ok());
    }
    let (expected, got) = (model.tree(), place.tree()?);
    let _kept = place.rmtree("");
    Ok((expected != got).then(|| Difference {
        at: steps.len(),
        expected: format!("in the end {}", words(&expected)),
        got: words(&got),
    }))
}

fn explain(
    ctx: &Context,
    number: usize,
    replays: &mut usize,
    steps: Vec<Step>,
    difference: Difference,
) -> Stop {
    let (steps, difference) = shorten(ctx, number, replays, steps, difference);
    let list: Vec<String> = steps.iter().map(|step| format!("\n{step}")).collect();
    let expected =
        format!("after these steps, of seed {}:{}\n{}", ctx.given_seed(), list.concat(), difference.expected);
    Stop::failed(expected, difference.got)
}

/// Removes steps, large pieces first, as long as the sequence still fails (ddmin).
fn shorten(
    ctx: &Context,
    number: usize,
    replays: &mut usize,
    mut steps: Vec<Step>,
    mut difference: Difference,
) -> (Vec<Step>, Difference) {
    let end = Instant::now() + PATIENCE;
    steps.truncate(difference.at + 1);
    let mut piece = steps.len() / 2;
    while piece > 0 {
        let mut from = 0;
        while from < steps.len() && Instant::now() < end {
            let mut fewer = steps.clone();
            fewer.drain(from..(from + piece).min(steps.len()));
            match replay(ctx, number, replays, &fewer) {
                Ok(Some(still)) => {
                    fewer.truncate(still.at + 1);
                    (steps, difference) = (fewer, still);
                }
                _ => from += piece,
            }
        }
        piece /= 2;
    }
    (steps, difference)
}
