//! The servers of the tests: each starts, does what it is there for, and is gone after; one that cannot be had is said.

mod fake_gcs;
mod lives;
mod moves;
mod nameless;
mod store;
mod transcript;

use std::process::ExitCode;

use larder_tests::servers::{Kind, Server};
use libtest_mimic::{Arguments, Completion, Trial};

fn main() -> ExitCode {
    if let Some(code) = lives::serve() {
        return code;
    }
    let arguments = Arguments::from_args();
    let of_every = [
        ("lists_more_objects_than_fit_a_page", lives::lists_more_objects_than_fit_a_page as Case),
        ("lists_an_upload_until_it_is_completed", lives::lists_an_upload_until_it_is_completed),
        (
            "does_what_it_is_asked_when_its_answer_is_lost",
            lives::does_what_it_is_asked_when_its_answer_is_lost,
        ),
        ("the_shortest_way_to_a_bucket_works", transcript::the_shortest_way_to_a_bucket_works),
    ];
    let of_fake_gcs = [
        ("completes_an_upload_in_parts", fake_gcs::completes_an_upload_in_parts as Case),
        ("aborts_an_upload_in_parts", fake_gcs::aborts_an_upload_in_parts),
        ("refuses_a_part_that_is_not_there", fake_gcs::refuses_a_part_that_is_not_there),
        (
            "demands_a_generation_when_parts_are_completed",
            fake_gcs::demands_a_generation_when_parts_are_completed,
        ),
        (
            "demands_a_generation_of_what_is_copied_composed_or_deleted",
            fake_gcs::demands_a_generation_of_everything,
        ),
        ("gives_each_prefix_on_one_page", fake_gcs::gives_each_prefix_on_one_page),
        ("says_how_far_a_resumable_upload_has_come", fake_gcs::says_how_far_a_resumable_upload_has_come),
        (
            "takes_a_batch_whose_requests_end_with_their_headers",
            fake_gcs::takes_a_batch_whose_requests_end_with_their_headers,
        ),
        ("points_a_resumable_upload_at_who_was_asked", fake_gcs::points_a_resumable_upload_at_who_was_asked),
    ];
    let mut trials = Vec::new();
    for kind in Kind::ALL {
        trials.push(trial(
            kind,
            "starts_empty_and_is_gone_after_drop",
            lives::starts_empty_and_is_gone_after_drop,
        ));
        trials.push(trial(kind, "ends_with_a_test_that_is_killed", lives::ends_with_a_test_that_is_killed));
        trials.push(move_while_another_writes(kind));
        trials.extend(of_every.map(|(name, case)| trial(kind, name, move |server| case(&server))));
    }
    trials.push(trial(Kind::Moto, "keys_without_a_path_are_told_and_reached_by_their_key", |server| {
        nameless::are_told_and_reached_by_their_key(&server);
    }));
    trials.extend(of_fake_gcs.map(|(name, case)| trial(Kind::FakeGcs, name, move |server| case(&server))));
    libtest_mimic::run(&arguments, trials).exit_code()
}

type Case = fn(&Server);

fn move_while_another_writes(kind: Kind) -> Trial {
    const NAME: &str = "keeps_what_another_writes_during_a_move";
    if kind == Kind::Minio {
        let reason =
            "the server removes without a condition: a write between the look and the removal is lost";
        let name = format!("{}::{NAME}", kind.name());
        return Trial::ignorable_test(name, move || Ok(Completion::ignored_with(reason)));
    }
    trial(kind, NAME, |server| moves::keeps_what_another_writes_meanwhile(&server))
}

fn trial(kind: Kind, name: &str, case: impl FnOnce(Server) + Send + 'static) -> Trial {
    Trial::ignorable_test(format!("{}::{name}", kind.name()), move || Ok(run(kind, case)))
}

/// A server that is not installed is a row that says why.
fn run(kind: Kind, case: impl FnOnce(Server)) -> Completion {
    match Server::start(kind) {
        Ok(server) => {
            case(server);
            Completion::Completed
        }
        Err(unavailable) => Completion::ignored_with(unavailable.to_string()),
    }
}
