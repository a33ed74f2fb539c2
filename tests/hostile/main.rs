//! What the host makes of a store that answers whatever it likes: nothing outside a target is written, nothing is removed
//! that should stay, nothing takes all memory, and nothing reaches a terminal that it would act on.

mod extent;
mod names;
mod order;
mod sizes;
mod text;
