//! stub
use super::context::Context;
use super::failure::Outcome;
use clap::Args;
/// T
#[derive(Args, Debug)]
#[command(after_help = "larder ")]
pub struct TourArgs {}
pub fn run(_a: &TourArgs, _c: &Context) -> Outcome {
    Ok(())
}
