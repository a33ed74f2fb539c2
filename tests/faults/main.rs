//! Faults between a flavor and its server: an error of the right kind that says what is wrong, or a retry that succeeds,
//! within the limits; nothing half visible afterwards, no upload left over, and nothing secret in the error.

mod answers;
mod cancelling;
mod keys;
mod reaching;
mod reading;
mod rig;
mod writing;

use std::process::ExitCode;
use std::sync::Arc;

use larder_tests::servers::Kind::{self, Azurite, FakeGcs, Minio, Moto};
use libtest_mimic::{Arguments, Completion, Trial};

use crate::rig::{Rig, Shared};

/// A case, and the servers that it is run on.
type Case = (&'static str, &'static [Kind], fn(&Rig));

macro_rules! cases {
    ($($module:ident { $($case:ident on [$($kind:ident),+];)+ })+) => {
        &[$($((concat!(stringify!($module), "::", stringify!($case)), &[$($kind),+], $module::$case),)+)+]
    };
}

#[rustfmt::skip]
const CASES: &[Case] = cases! {
    reading {
        a_broken_connection_is_made_up_for on [Moto, Azurite, FakeGcs];
        an_answer_that_ends_early_is_made_up_for on [Moto, Azurite, FakeGcs];
        an_answer_that_stops_is_made_up_for on [Moto];
        silence_is_made_up_for on [Moto];
        an_internal_error_is_made_up_for on [Moto];
        connections_that_always_break_are_an_error on [Moto];
        answers_that_always_end_early_are_an_error on [Moto];
        answers_that_always_stop_are_an_error on [Moto];
        internal_errors_without_end_are_an_error on [Moto];
        a_slow_answer_is_waited_for on [Moto];
        a_wrong_byte_of_a_small_file_is_seen on [Moto];
        a_wrong_byte_is_never_followed_by_a_good_end on [Moto, Azurite, FakeGcs];
        a_wrong_byte_of_a_large_file_cannot_be_seen on [Moto];
        a_file_that_is_replaced_meanwhile_is_never_mixed on [Moto, Azurite, FakeGcs];
        a_file_that_is_removed_meanwhile_is_an_error on [Moto];
    }
    writing {
        an_upload_that_breaks_off_is_sent_again on [Moto];
        uploads_that_always_break_off_leave_nothing on [Moto];
        an_internal_error_is_made_up_for on [Moto];
        silence_is_made_up_for on [Moto];
        internal_errors_without_end_leave_nothing on [Moto];
        silence_without_end_leaves_nothing on [Moto];
        an_error_in_an_answer_of_success_is_made_up_for on [Moto];
        a_lost_answer_is_asked_for_again on [Moto];
        a_lost_answer_does_not_turn_ones_own_file_into_anothers on [Moto];
        a_lost_answer_to_an_exclusive_write_is_no_failure on [Moto, Azurite, FakeGcs];
        what_another_wrote_is_anothers_after_a_lost_request on [Moto];
        a_lost_answer_to_an_append_appends_once on [Moto, Azurite];
        a_lost_answer_does_not_turn_ones_own_directory_into_anothers on [Moto];
        an_upload_that_is_complete_and_forgotten_is_no_failure on [Moto];
        an_upload_that_another_has_ended_is_said on [Moto];
        a_lost_answer_to_a_removal_is_no_failure on [Moto, Azurite, FakeGcs];
        a_writer_that_is_dropped_takes_its_parts_back on [Moto];
        a_wrong_byte_in_an_upload_is_refused on [Minio];
    }
    answers {
        a_place_that_is_missing_is_named on [Moto, Azurite, FakeGcs];
        a_missing_place_is_named_when_only_the_body_says_so on [Moto];
        expired_credentials_are_said on [Moto];
        a_wrong_clock_is_said on [Moto];
        credentials_that_expire_during_an_upload_leave_nothing_visible on [Moto];
        another_region_is_named on [Moto];
        a_region_that_was_signed_wrongly_is_named on [Moto];
        the_pause_that_a_service_asks_for_is_kept on [Moto];
        a_service_that_never_has_time_is_an_error on [Moto];
        a_pause_without_end_is_cut_at_the_limit on [Moto];
    }
    reaching {
        a_server_that_is_not_there_is_said on [Moto];
        a_server_that_says_nothing_is_given_up on [Moto];
        a_server_that_only_listens_is_given_up on [Moto];
    }
    cancelling {
        a_request_ends on [Moto];
        a_pause_before_the_next_attempt_ends on [Moto];
        a_download_ends on [Moto];
        an_upload_ends_and_takes_its_parts_back on [Moto];
        the_end_of_an_upload_ends_and_takes_its_parts_back on [Moto];
        an_upload_ends_when_nobody_answers_at_all on [Moto];
        an_upload_in_blocks_ends_and_is_not_visible on [Azurite];
    }
    keys {
        a_key_without_a_path_is_an_item_that_is_an_error on [Moto, Azurite, FakeGcs];
        a_tree_is_removed_with_every_key_and_nothing_else on [Moto, Azurite, FakeGcs];
        the_path_of_a_request_is_the_keys_encoding on [Moto, Azurite, FakeGcs];
        a_key_is_reached_by_its_exact_bytes on [Moto, Azurite, FakeGcs];
        a_key_that_no_request_reaches_stays_and_is_named on [Moto];
        a_name_that_xml_cannot_hold_is_listed_and_removed on [Moto, Minio];
        a_name_that_the_service_changes_is_refused on [Azurite, FakeGcs];
        a_file_and_a_directory_of_one_path_are_two on [Moto, Azurite, FakeGcs];
        an_etag_is_the_same_wherever_it_is_told on [Moto, Minio, Azurite, FakeGcs];
        a_file_that_was_written_meanwhile_is_not_removed on [Moto, Minio, Azurite, FakeGcs];
        a_rename_keeps_what_came_meanwhile on [Moto, Azurite, FakeGcs];
        a_rename_tells_what_it_leaves on [Moto, Azurite, FakeGcs];
        an_empty_directory_is_removed_and_no_other on [Moto, Minio, Azurite, FakeGcs];
        an_object_that_stands_for_a_directory_is_one on [Azurite];
        packed_content_is_read_as_it_is_stored on [FakeGcs];
    }
};

/// The case that makes no bucket.
const MISSING: &str = "answers::a_place_that_is_missing_is_named";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let shared = Shared::new();
    let of_case = |case: &Case| {
        let (name, kinds, run) = *case;
        let shared = shared.clone();
        kinds.iter().map(move |kind| trial(&shared, *kind, name, run)).collect::<Vec<_>>()
    };
    libtest_mimic::run(&arguments, CASES.iter().flat_map(of_case).collect()).exit_code()
}

/// A server that is not installed is a row that says why.
fn trial(shared: &Arc<Shared>, kind: Kind, name: &'static str, run: fn(&Rig)) -> Trial {
    let shared = shared.clone();
    Trial::ignorable_test(format!("{}::{name}", kind.name()), move || {
        let rig = if name == MISSING {
            Rig::without_bucket(&shared, kind, name)
        } else {
            Rig::new(&shared, kind, name)
        };
        match rig {
            Ok(rig) => run(&rig),
            Err(unavailable) => return Ok(Completion::ignored_with(unavailable.to_string())),
        }
        Ok(Completion::Completed)
    })
}
