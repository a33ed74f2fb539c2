//! Which cases must find which lie.

use std::collections::BTreeSet;

/// A lie, and what finds it.
pub struct Lie {
    /// The flavor that tells it.
    pub flavor: &'static str,
    /// The cases that name it.
    pub cases: &'static [&'static str],
    /// Whether the random sequences of the model find it, too; of interest when they are run.
    pub model: bool,
}

const fn lie(flavor: &'static str, cases: &'static [&'static str]) -> Lie {
    Lie { flavor, cases, model: false }
}

impl Lie {
    const fn and_the_model(self) -> Self {
        Self { model: true, ..self }
    }

    pub fn expected(&self) -> BTreeSet<String> {
        self.cases.iter().map(|case| (*case).to_owned()).collect()
    }
}

/// Cases that take long, by what stands in their ids: many bytes, many files, many threads. Those of the model take long when
/// they fail: they look for a short sequence.
pub const SLOW: &[&str] = &[
    "cancellation::",
    "changes::",
    "concurrency::",
    "extent::",
    "large",
    "model::",
    "no_mix",
    "of_much",
    "sizes::mib_",
    "stat::gives_the_modified",
];

pub const LIES: &[Lie] = &[
    lie("honest", &[]),
    lie("loses-a-last-byte", &["sizes::kib_64"]),
    lie("read-at-short", &["open_read::read_at_stops_at_the_end"]),
    lie("read-at-moves", &["open_read::read_at_leaves_the_offset"]),
    lie("seek-from-end-wrong", &["open_read::seeks_from_the_end"]),
    lie("seek-before-beginning", &["open_read::refuses_an_offset_before_the_beginning"]),
    lie(
        "opens-directories",
        &[
            "root::cannot_be_opened",
            "open_read::fails_on_a_directory",
            "open_read::fails_on_an_empty_directory",
        ],
    )
    .and_the_model(),
    lie(
        "visible-before-close",
        &[
            "open_write::shows_nothing_before_close",
            "open_write::shows_the_old_content_before_close",
            "open_write::shows_no_large_content_before_close",
            "exists::false_before_the_writer_closes",
            "listdir::lists_no_file_that_is_being_written",
            "visibility::nothing_is_seen_before_close",
            "faults::an_open_writer_is_in_no_walk_and_no_glob",
        ],
    ),
    lie(
        "dropped-publishes",
        &[
            "faults::a_dropped_writer_leaves_no_file",
            "faults::a_dropped_writer_leaves_no_parents",
            "faults::a_dropped_writer_of_much_leaves_nothing",
            "faults::a_dropped_writer_leaves_the_old_content",
            "faults::a_dropped_writer_is_in_no_walk_and_no_glob",
        ],
    ),
    lie("parents-at-open", &["faults::a_dropped_writer_leaves_no_parents"]),
    lie(
        "append-truncates",
        &[
            "open_append::writes_after_what_is_there",
            "open_append::appends_again_and_again",
            "open_append::appending_nothing_changes_nothing",
            "open_append::shows_the_old_content_before_close",
            "open_append::appends_to_a_large_file",
            "open_append::appends_after_another_instance",
            "concurrency::appends_at_once_are_whole",
        ],
    )
    .and_the_model(),
    lie(
        "append-absent",
        &[
            "open_read::gives_no_mix_when_the_file_grows",
            "open_append::writes_after_what_is_there",
            "open_append::appends_again_and_again",
            "open_append::makes_a_missing_file",
            "open_append::makes_missing_parents",
            "open_append::appending_nothing_changes_nothing",
            "open_append::fails_on_a_directory",
            "open_append::fails_below_a_file",
            "open_append::shows_the_old_content_before_close",
            "open_append::a_dropped_writer_appends_nothing",
            "open_append::appends_to_a_large_file",
            "open_append::appends_after_another_instance",
            "faults::a_dropped_appender_leaves_no_file",
            "concurrency::appends_at_once_are_whole",
            "open_with::takes_permission_bits",
        ],
    )
    .and_the_model(),
    lie(
        "exclusive-overwrites",
        &[
            "open_exclusive::fails_when_the_file_exists",
            "open_exclusive::fails_when_an_empty_file_exists",
            "open_exclusive::loses_to_an_exclusive_writer_that_closed",
            "open_exclusive::loses_to_a_writer_that_closed",
            "faults::a_failed_close_leaves_nothing",
            "concurrency::one_exclusive_writer_wins",
            "concurrency::one_exclusive_writer_wins_over_instances",
        ],
    )
    .and_the_model(),
    lie(
        "exclusive-looks-before",
        &[
            "open_exclusive::loses_to_an_exclusive_writer_that_closed",
            "open_exclusive::loses_to_a_writer_that_closed",
            "faults::a_failed_close_leaves_nothing",
            "concurrency::one_exclusive_writer_wins",
            "concurrency::one_exclusive_writer_wins_over_instances",
        ],
    ),
    lie(
        "exclusive-races",
        &["concurrency::one_exclusive_writer_wins", "concurrency::one_exclusive_writer_wins_over_instances"],
    ),
    lie("copy-overwrites", &["copyfile::fails_when_the_target_exists", "concurrency::one_copy_wins"])
        .and_the_model(),
    lie("copy-races", &["concurrency::one_copy_wins"]),
    lie("copy-in-halves", &["changes::readers_see_whole_copies"]),
    lie("copy-onto-itself-empties", &["copyfile::a_file_copied_onto_itself_stays"]).and_the_model(),
    lie("rename-overwrites", &["rename::fails_when_the_target_exists", "concurrency::one_rename_wins"])
        .and_the_model(),
    lie("rename-races", &["concurrency::one_rename_wins"]),
    lie(
        "rename-keeps-source",
        &[
            "rename::gives_another_name",
            "rename::moves_to_a_free_target",
            "rename::moves_a_large_file",
            "rename::makes_missing_parents",
            "rename::replaces_an_existing_target",
            "rename::leaves_names_that_begin_alike",
            "visibility::a_renamed_file_is_seen",
            "concurrency::one_rename_wins",
            "changes::a_file_is_never_at_both_places_or_neither",
        ],
    )
    .and_the_model(),
    lie("rename-loses-content", &["rename::moves_a_large_file"]),
    lie("rename-in-steps", &["changes::a_file_is_never_at_both_places_or_neither"]),
    lie("rename-replaces-empty", &["rename_directory::fails_onto_an_empty_directory"]),
    lie("rename-takes-neighbours", &["rename_directory::leaves_names_that_begin_alike"]),
    lie("rename-unclaimed", &["unsupported::rename_of_a_file"]),
    lie("mkdir-makes-parents", &["mkdir::fails_when_the_parent_is_missing"]).and_the_model(),
    lie(
        "mkdir-on-existing",
        &[
            "root::mkdir_finds_it_there",
            "mkdir::fails_when_the_directory_was_made",
            "mkdir::fails_when_something_is_below",
        ],
    )
    .and_the_model(),
    lie(
        "makedirs-fails-on-existing",
        &[
            "root::mkdir_finds_it_there",
            "makedirs::is_fine_when_the_directory_was_made",
            "makedirs::is_fine_when_something_is_below",
            "concurrency::every_makedirs_succeeds",
        ],
    )
    .and_the_model(),
    lie(
        "made-directories-vanish",
        &["makedirs::what_is_made_stays_without_files", "mkdir::what_is_made_stays_without_files"],
    ),
    lie(
        "remove-missing",
        &[
            "remove::fails_when_the_file_is_missing",
            "remove::fails_the_second_time",
            "remove::fails_below_a_file",
        ],
    )
    .and_the_model(),
    lie("remove-directories", &["remove::fails_on_a_directory", "remove::fails_on_an_empty_directory"])
        .and_the_model(),
    lie(
        "rmtree-missing",
        &[
            "rmtree::fails_when_the_directory_is_missing",
            "rmtree::fails_below_a_file",
            "rmtree::fails_the_second_time",
        ],
    )
    .and_the_model(),
    lie("rmtree-files", &["rmtree::fails_on_a_file"]).and_the_model(),
    lie("rmtree-takes-neighbours", &["rmtree::leaves_names_that_begin_alike"]),
    lie(
        "exists-fails",
        &[
            "exists::false_for_what_is_missing",
            "exists::false_below_a_missing_directory",
            "exists::false_below_a_file",
            "exists::false_for_the_beginning_of_a_name",
            "exists::false_after_the_file_was_removed",
            "exists::false_before_the_writer_closes",
            "unmade_root::has_nothing_in_it",
        ],
    )
    .and_the_model(),
    lie("exists-by-prefix", &["exists::false_for_the_beginning_of_a_name"]).and_the_model(),
    lie("isdir-of-files", &["isdir::false_for_a_file"]).and_the_model(),
    lie(
        "size-off-by-one",
        &["size::counts_bytes", "size::is_0_for_an_empty_file", "size::follows_the_content"],
    )
    .and_the_model(),
    lie("size-of-directories", &["size::fails_on_a_directory", "size::fails_on_an_empty_directory"])
        .and_the_model(),
    lie("stat-empty", &["stat::says_that_an_empty_file_is_one"]),
    lie("stat-unexpected", &["stat::fails_when_nothing_is_there", "stat::fails_below_a_file"])
        .and_the_model(),
    lie(
        "modified-missing",
        &[
            "listdir::gives_times_in_full_detail",
            "stat::gives_the_modified_time",
            "reader_stat::gives_what_stat_gives",
        ],
    ),
    lie(
        "modified-is-now",
        &[
            "listdir::gives_times_in_full_detail",
            "stat::reading_keeps_the_modified_time",
            "reader_stat::gives_what_stat_gives",
        ],
    ),
    lie(
        "etag-stays",
        &[
            "stat::the_etag_changes_with_the_content",
            "glob::gives_the_etag_that_stat_gives",
            "keys::remove_key_leaves_what_has_changed",
            "keys::stat_key_finds_a_file",
            "listdir::gives_the_etag_that_stat_gives",
            "reader_stat::gives_what_stat_gives",
            "reader_stat::stays_that_of_what_was_opened",
            "remove_many::leaves_a_file_that_has_changed",
            "remove_many::removes_a_file_that_has_its_etag",
            "walk::gives_the_etag_that_stat_gives",
        ],
    ),
    lie(
        "listdir-unsorted",
        &[
            "listdir::gives_listing_order",
            "listdir::orders_a_directory_as_its_name_with_a_slash",
            "extent::lists_10_000_entries",
        ],
    )
    .and_the_model(),
    lie("listdir-plain-order", &["listdir::orders_a_directory_as_its_name_with_a_slash"]).and_the_model(),
    lie(
        "listdir-paths",
        &[
            "listdir::gives_sizes_in_full_detail",
            "listdir::gives_times_in_full_detail",
            "listdir::gives_the_etag_that_stat_gives",
        ],
    ),
    lie("listdir-misses", &["extent::lists_10_000_entries"]),
    lie("listdir-of-files", &["listdir::fails_on_a_file"]).and_the_model(),
    lie(
        "listdir-missing",
        &[
            "listdir::fails_when_the_directory_is_missing",
            "listdir::fails_on_the_beginning_of_a_name",
            "listdir::fails_below_a_file",
            "visibility::a_removed_tree_is_not_seen",
        ],
    )
    .and_the_model(),
    lie(
        "walk-misses-a-level",
        &[
            "walk::visits_every_directory_once",
            "walk::goes_top_down",
            "walk::goes_bottom_up",
            "walk::bottom_up_gives_the_same_entries",
            "extent::walks_100_directories_deep",
        ],
    )
    .and_the_model(),
    lie("walk-ignores-topdown", &["walk::goes_bottom_up", "walk::bottom_up_gives_the_same_entries"])
        .and_the_model(),
    lie("walk-plain-order", &["walk::goes_in_listing_order"]),
    lie("walk-missing", &["walk::a_missing_top_is_an_error", "walk::a_top_below_a_file_is_an_error"])
        .and_the_model(),
    lie("glob-star-crosses", &["glob::a_star_stays_within_a_component"]).and_the_model(),
    lie(
        "glob-double-star",
        &[
            "glob::a_double_star_matches_any_depth",
            "glob::a_double_star_goes_with_other_wildcards",
            "glob::a_double_star_at_the_end_matches_all_below",
            "extent::globs_100_directories_deep",
        ],
    )
    .and_the_model(),
    lie("glob-plain-order", &["glob::gives_listing_order"]).and_the_model(),
    lie("glob-hides-dots", &["glob::a_leading_dot_is_ordinary"]).and_the_model(),
    lie("glob-malformed", &["glob::refuses_a_malformed_pattern"]),
    lie("names-composed", &["names::unicode_decomposed", "names::unicode_forms_are_two_names"]),
    lie("names-decoded", &["names::percent_encoded_slash"]),
    lie("names-trimmed", &["names::trailing_space"]),
    lie("names-short", &["names::component_of_255_bytes", "names::component_of_255_bytes_of_unicode"]),
    lie("claims-more", &["library::claims_no_more_than_its_manifest"]),
    lie("claims-change", &["capabilities::are_the_same_each_time"]),
    lie("knows-every-extension", &["capabilities::do_not_hold_unknown_extensions"]),
    lie(
        "reader-stat-size",
        &[
            "reader_stat::gives_the_size",
            "reader_stat::stays_that_of_what_was_opened",
            "reader_stat::of_a_removed_file_is_no_other",
        ],
    ),
    lie(
        "reader-stat-etag",
        &["reader_stat::gives_what_stat_gives", "reader_stat::stays_that_of_what_was_opened"],
    ),
    lie("reader-stat-fresh", &["reader_stat::stays_that_of_what_was_opened"]),
    lie("reader-stat-moves", &["reader_stat::leaves_the_offset"]),
    lie("open-refuses-times", &["open_with::takes_a_modified_time"]),
    lie("open-wrong-time", &["open_with::takes_a_modified_time"]),
    lie(
        "open-refuses-bits",
        &[
            "open_with::takes_permission_bits",
            "open_with::gives_a_new_file_no_wider_bits",
            "open_with::a_replaced_file_keeps_its_bits",
        ],
    ),
    lie("open-wide-bits", &["open_with::gives_a_new_file_no_wider_bits"]),
    lie("open-replaces-bits", &["open_with::a_replaced_file_keeps_its_bits"]),
    lie("rename-removes-late", &["changes::what_is_written_into_a_renamed_directory_stays"]),
    lie(
        "remove-directory-full",
        &[
            "remove_directory::fails_when_a_file_is_in_it",
            "remove_directory::fails_when_a_directory_is_in_it",
            "remove_directory::what_is_written_at_the_same_time_stays",
        ],
    )
    .and_the_model(),
    lie(
        "remove-directory-missing",
        &[
            "remove_directory::fails_when_nothing_is_there",
            "remove_directory::fails_the_second_time",
            "remove_directory::fails_below_a_file",
        ],
    )
    .and_the_model(),
    lie("remove-directory-files", &["remove_directory::fails_on_a_file"]).and_the_model(),
    lie("remove-directory-root", &["remove_directory::fails_on_the_root"]),
    lie(
        "remove-directory-keeps",
        &[
            "remove_directory::removes_an_empty_directory",
            "remove_directory::leaves_names_that_begin_alike",
            "remove_directory::fails_the_second_time",
            "remove_directory::a_removed_directory_can_be_made_again",
        ],
    )
    .and_the_model(),
    lie("remove-directory-neighbours", &["remove_directory::leaves_names_that_begin_alike"]),
    lie("remove-directory-races", &["remove_directory::what_is_written_at_the_same_time_stays"]),
    lie(
        "remove-many-stops",
        &[
            "remove_many::answers_for_each_in_order",
            "remove_many::leaves_directories",
            "remove_many::fails_below_a_file",
            "remove_many::leaves_a_file_that_has_changed",
        ],
    ),
    lie(
        "remove-many-reversed",
        &[
            "remove_many::answers_for_each_in_order",
            "remove_many::fails_below_a_file",
            "remove_many::leaves_a_file_that_has_changed",
        ],
    ),
    lie("remove-many-directories", &["remove_many::leaves_directories"]),
    lie("remove-many-thousand", &["remove_many::removes_a_large_list"]),
    lie("remove-many-empty", &["remove_many::takes_an_empty_list"]),
    lie(
        "remove-many-ignores-etags",
        &[
            "remove_many::leaves_a_file_that_has_changed",
            "remove_many::leaves_what_is_written_at_the_same_time",
        ],
    ),
    lie(
        "remove-many-changed",
        &["remove_many::removes_a_file_that_has_its_etag", "remove_many::leaves_a_file_that_has_changed"],
    ),
    lie("remove-many-races", &["remove_many::leaves_what_is_written_at_the_same_time"]),
    lie(
        "unmade-stat-unexpected",
        &["unmade_root::stat_tells_that_it_is_missing", "unmade_root::is_not_made_by_looking"],
    ),
    lie("unmade-missing", &["unmade_root::exists"]),
    lie("unmade-full", &["unmade_root::has_nothing_in_it"]),
    lie("unmade-not-listed", &["unmade_root::can_be_listed", "unmade_root::is_not_made_by_looking"]),
    lie("unmade-not-walked", &["unmade_root::can_be_walked"]),
    lie("unmade-by-looking", &["unmade_root::is_not_made_by_looking"]),
    lie("unmade-no-directories", &["unmade_root::takes_a_directory"]),
    lie(
        "unmade-for-ever",
        &[
            "root::is_a_directory",
            "unmade_root::is_made_by_the_first_write",
            "unmade_root::takes_a_directory",
        ],
    ),
    lie("identity-of-instance", &["identity::is_the_same_for_another_instance"]),
    lie(
        "identity-one-for-all",
        &["identity::tells_two_paths_apart", "identity::of_a_neighbour_is_not_within"],
    ),
    lie(
        "identity-alone",
        &[
            "identity::of_what_is_below_names_the_directory",
            "identity::of_a_root_that_nobody_made_makes_nothing",
        ],
    ),
    lie("identity-by-prefix", &["identity::of_a_neighbour_is_not_within"]),
    lie(
        "keys-not-found",
        &[
            "keys::stat_key_finds_a_file",
            "keys::stat_key_fails_when_nothing_is_there",
            "keys::remove_key_leaves_what_has_changed",
            "keys::copy_key_fails_when_the_target_exists",
        ],
    ),
    lie(
        "keys-always-found",
        &["keys::stat_key_fails_when_nothing_is_there", "keys::a_key_finds_nothing_outside_of_the_root"],
    ),
    lie("keys-by-prefix", &["keys::remove_key_removes_a_file", "keys::remove_key_leaves_what_has_changed"]),
    lie("keys-ignore-etags", &["keys::remove_key_leaves_what_has_changed"]),
    lie("keys-move", &["keys::copy_key_copies_a_file"]),
    lie("keys-overwrite", &["keys::copy_key_fails_when_the_target_exists"]),
    lie("keys-lead-out", &["keys::a_key_finds_nothing_outside_of_the_root"]),
    lie("keys-remove-outside", &["keys::a_key_removes_nothing_outside_of_the_root"]),
    lie("keys-half", &["keys::unsupported_keys_change_nothing"]),
    lie("put-file-short", &["file_transfer::put_file_copies_a_large_file"]),
    lie("put-file-empty", &["file_transfer::put_file_copies_an_empty_file"]),
    lie(
        "put-file-no-parents",
        &["file_transfer::put_file_makes_missing_parents", "file_transfer::put_file_fails_on_a_directory"],
    ),
    lie("put-file-keeps", &["file_transfer::put_file_replaces_a_file"]),
    lie("put-file-overwrites", &["file_transfer::put_file_fails_when_the_file_exists"]),
    lie("put-file-missing", &["file_transfer::put_file_fails_without_a_local_file"]),
    lie("put-file-directories", &["file_transfer::put_file_fails_on_a_directory"]),
    lie("put-file-parents", &["file_transfer::put_file_fails_below_a_file"]),
    lie("put-file-mixes", &["file_transfer::put_file_publishes_no_mix_of_a_file_that_changes"]),
    lie(
        "put-file-count",
        &[
            "file_transfer::put_file_copies_a_file",
            "file_transfer::put_file_copies_an_empty_file",
            "file_transfer::put_file_copies_a_large_file",
        ],
    ),
    lie("get-file-short", &["file_transfer::get_file_copies_a_large_file"]),
    lie(
        "get-file-nothing",
        &["file_transfer::get_file_copies_a_file", "file_transfer::get_file_copies_a_large_file"],
    ),
    lie(
        "get-file-missing",
        &[
            "file_transfer::get_file_fails_when_the_file_is_missing",
            "file_transfer::get_file_fails_below_a_file",
        ],
    ),
    lie("get-file-directories", &["file_transfer::get_file_fails_on_a_directory"]),
    lie("listdir-etags", &["listdir::gives_the_etag_that_stat_gives"]),
    lie("glob-etags", &["glob::gives_the_etag_that_stat_gives"]),
    lie("walk-etags", &["walk::gives_the_etag_that_stat_gives"]),
    lie("walk-misses", &["extent::walks_10_000_entries", "extent::walks_over_10_000_entries_bottom_up"]),
    lie("tells-secrets", &["config::secrets_are_in_no_error"]),
];
