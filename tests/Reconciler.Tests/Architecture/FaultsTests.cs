namespace Reconciler.Tests.Architecture;

/// <summary>
/// "Faults to survive" and "What a failure leads to" of the safety contract, part by part, and the tests that make each happen: <c>live</c> ones on real
/// servers, the others with real programs where there are any, with scripted or simulated servers otherwise. A part without a test has no row.
/// </summary>
public sealed class FaultsTests
{
    [Theory]
    [InlineData("after each: once, journal closed, a second converge does nothing, pages, canary rows, nothing left over",
        "live GridTests.Whatever_happens_at_any_point_of_a_step_the_deploy_comes_to_its_end_once",
        "SimulationTests.Whatever_fails_nothing_is_done_twice_or_lost_and_all_comes_to_an_end")]
    [InlineData("1 controller killed, connection cut, server rebooted: at six points of each step",
        "live GridTests.Whatever_happens_at_any_point_of_a_step_the_deploy_comes_to_its_end_once",
        "SimulationTests.Whatever_fails_nothing_is_done_twice_or_lost_and_all_comes_to_an_end")]
    [InlineData("1 each safeguard is missed when it is taken out", "live SafeguardTests.Without_each_safeguard_a_case_of_the_grid_is_red",
        "SimulationTests.Without_one_of_the_safeguards_it_is_noticed")]
    [InlineData("1 killed with services stopped, and in a migration",
        "live ControllerTests.A_controller_killed_with_the_services_stopped_finishes_the_job_when_it_starts_again",
        "live ControllerTests.A_migration_goes_on_when_its_controller_is_killed_and_is_not_begun_twice")]
    [InlineData("1 connection cut, power gone: one step", "live RunnerLiveTests.A_step_whose_connection_breaks_runs_once_and_its_receipt_is_fetched",
        "live RunnerLiveTests.A_step_that_the_power_ended_is_unknown_and_one_that_never_came_is_withdrawn")]
    [InlineData("1 what became of a step is asked", "IntentSettlerTests.What_the_runner_knows_is_noted",
        "IntentSettlerTests.What_cannot_be_asked_stays_open_and_is_named",
        "RunnerScriptTests.What_began_and_never_ended_is_not_begun_again")]
    [InlineData("2 killed while waiting: one announcement", "live FlagNoticeTests.Users_are_told_once_though_the_controller_dies_and_see_the_page_at_that_time",
        "live FlagNoticeTests.What_failed_and_a_person_tries_again_is_announced_waited_for_and_deployed_though_the_controller_dies", "NoticesTests.At_the_time_it_begins_also_after_a_restart",
        "NoticesTests.A_controller_that_died_after_users_were_told_keeps_the_time_and_tells_them_nothing_else")]
    [InlineData("3 server's disk full: fetch", "CheckoutStepsTests.A_disk_that_is_full_while_code_is_fetched_leaves_the_live_code_and_nothing_that_counts_as_ready")]
    [InlineData("3 server's disk full: virtualenv", "VirtualEnvironmentKindTests.When_pip_fails_or_is_killed_the_old_one_is_byte_for_byte_what_it_was",
        "VirtualEnvironmentKindTests.A_disk_that_is_full_for_ensurepip_is_named_with_what_is_free_and_nothing_half_built_stays_on_it",
        "FailedRunTests.A_disk_that_is_full_in_Prepare_is_tried_again_by_itself")]
    [InlineData("3 controller's disk full: mirrors", "RepositoryWatcherTests.With_the_controllers_disk_full_what_is_in_force_stays_and_it_goes_on_when_there_is_room")]
    [InlineData("3 server's disk full: secrets", "RunnerScriptTests.A_full_disk_is_told_and_leaves_the_file_as_it_was")]
    [InlineData("3 server's disk full: backup", "BackupTests.A_disk_that_is_full_leaves_no_dump_that_counts_and_the_last_one_as_it_was",
        "PlannerTests.Without_room_for_the_dump_a_migration_gets_no_further_than_Prepare_and_what_needs_no_dump_does_not_ask")]
    [InlineData("3 controller's disk full: ledger", "FullDiskTests.No_intent_is_taken_when_the_disk_is_full_and_all_goes_on_when_there_is_space",
        "HttpFaceTests.With_a_ledger_that_cannot_be_written_it_is_not_ready",
        "SimulationTests.Whatever_fails_nothing_is_done_twice_or_lost_and_all_comes_to_an_end")]
    [InlineData("4 git remote down", "RepositoryWatcherTests.An_unreachable_repository_keeps_its_since_and_is_tried_again_ever_later_but_not_later_than_it_would_be_looked_at",
        "RepositoryWatcherTests.After_a_restart_with_the_remote_down_the_accepted_revision_is_still_in_force")]
    [InlineData("4 git remote slow", "GitProgramTests.A_git_that_hangs_is_killed_at_its_deadline_with_its_children",
        "BreakGlassTests.A_git_host_that_hangs_is_not_waited_for_once_somebody_pushed")]
    [InlineData("4 git remote refusing", "GitProgramTests.What_git_says_is_understood")]
    [InlineData("4 force-pushed to an older commit", "RepositoryWatcherTests.A_rewound_branch_leaves_the_accepted_revision_in_force",
        "GitMirrorTests.A_force_push_is_told")]
    [InlineData("4 force-pushed to an unrelated commit", "RepositoryWatcherTests.An_unrelated_branch_is_refused_even_by_a_watcher_that_has_seen_nothing",
        "GitMirrorTests.An_unrelated_history_is_told_as_forced")]
    [InlineData("5 invalid YAML merged: the last accepted commit stays in force",
        "WatchTests.A_request_is_taken_within_seconds_and_answered_and_a_refused_revision_is_shown_with_its_faults",
        "WatchTests.A_refused_commit_shows_in_the_exit_code_after_what_is_in_force_was_done")]
    [InlineData("5 drift while git's word is refused", "DriftMemoryTests.What_is_edited_while_gits_word_is_refused_is_corrective_whatever_its_secrets_are_taken_for",
        "RefusedUnitsTests.What_does_not_work_and_what_differs_is_told_from_what_was_converged_last")]
    [InlineData("6 database gone during a migration",
        "live ControllerTests.A_database_that_goes_away_in_a_migration_holds_the_site_and_a_persons_word_goes_on_when_it_is_back")]
    [InlineData("6 a migration that fails half-way", "live FailedDeployTests.A_migration_that_fails_half_way_holds_the_site_covered_until_a_person_decides",
        "FailedRunTests.A_migration_that_fails_holds_and_is_named")]
    [InlineData("7 nginx -t fails", "live NginxSiteLiveTests.A_site_is_tried_placed_served_covered_and_found_out_when_a_reload_does_not_take",
        "live RunnerLiveTests.Nginx_must_serve_the_new_configuration_or_the_reload_has_failed")]
    [InlineData("7 nginx -t passes but the reload does not take",
        "live NginxSiteLiveTests.A_site_is_tried_placed_served_covered_and_found_out_when_a_reload_does_not_take",
        "live RunnerLiveTests.Nginx_must_serve_the_new_configuration_or_the_reload_has_failed")]
    [InlineData("8 an import error: found before anything stops",
        "live FailedDeployTests.Code_that_cannot_start_is_refused_before_anything_stops_and_the_next_commit_goes_through",
        "live FailedDeployTests.Variables_and_secrets_with_which_the_code_cannot_start_are_refused_before_anything_stops")]
    [InlineData("8 a service that does not boot says why", "live RunnerLiveTests.What_a_service_wrote_before_it_ended_can_be_read_whoever_keeps_it")]
    [InlineData("8 exits after two seconds", "StaysUpTests.A_program_that_ends_after_two_seconds_does_not_stay_up_and_one_that_goes_on_does")]
    [InlineData("8 a page check fails", "live FailedDeployTests.A_page_that_fails_leads_back_to_the_release_of_before_and_is_not_tried_again")]
    [InlineData("9 two controllers, SQLite", "live ControllerTests.Two_controllers_cannot_use_one_ledger",
        "SqliteLedgerTests.A_second_writer_is_refused_and_told_who_holds_it",
        "KilledWriterTests.Every_intent_that_a_killed_writer_reported_is_there")]
    [InlineData("9 two controllers, PostgreSQL", "live SharedWatchTests.Two_share_the_environments_and_the_one_that_is_told_to_end_hands_its_own_over_at_once",
        "live SharedDeployTests.What_a_killed_controller_left_in_the_middle_the_other_finishes", "live LeaseTests.What_is_held_by_another_cannot_be_written_and_who_finds_that_out_acts_no_more")]
    [InlineData("9 SIGSTOP past the lease: idle, in a deploy, after an intent, at any point",
        "live SharedWatchTests.One_that_is_stopped_past_its_lease_and_goes_on_finds_its_work_taken_sends_nothing_and_ends",
        "live SharedDeployTests.A_controller_stopped_in_the_middle_past_its_lease_sends_nothing_more_when_it_goes_on", "live SafeguardTests.Without_each_safeguard_a_case_of_the_grid_is_red",
        "SimulationTests.Whatever_fails_nothing_is_done_twice_or_lost_and_all_comes_to_an_end", "ConvergerTests.Without_its_lease_a_step_that_is_ready_is_not_sent")]
    [InlineData("9 ledger PostgreSQL down, and back: between runs", "live SharedWatchTests.Postgres_may_be_away_for_a_time",
        "live LeaseTests.A_database_that_is_away_is_told_and_what_was_held_goes_on_when_it_is_back")]
    [InlineData("9 ledger PostgreSQL down, and back: in the middle of a run",
        "live SharedDeployTests.While_the_ledger_is_away_nothing_more_is_begun_and_when_it_is_back_the_run_is_finished")]
    [InlineData("10 a secret is missing", "live SecretTests.A_missing_key_is_found_before_anything_stops",
        "SecretFileResolverTests.All_faults_are_said_at_once_with_key_source_and_way_out")]
    [InlineData("10 a secret is empty", "live FailedDeployTests.Variables_and_secrets_with_which_the_code_cannot_start_are_refused_before_anything_stops",
        "SecretFileResolverTests.All_faults_are_said_at_once_with_key_source_and_way_out")]
    [InlineData("10 a secret is not what its format says", "SecretFileResolverTests.A_source_that_is_no_json_object_is_refused",
        "SecretFileResolverTests.What_a_format_cannot_hold_is_refused")]
    [InlineData("11 a managed file edited between look and step: kept", "live RunnerLiveTests.A_placed_file_is_recognised_until_somebody_edits_it_and_the_edit_is_kept",
        "RunnerScriptTests.An_edit_by_hand_is_kept_under_its_digest")]
    [InlineData("11 a managed file edited during a converge: kept, told",
        "live ControllerTests.A_file_that_somebody_edits_during_a_deploy_is_replaced_and_the_edit_kept_and_told",
        "ConvergerTests.Whoever_edits_a_file_while_it_is_replaced_is_told_where_the_edit_is")]
    [InlineData("11 code edited since the plan: stops, and is left", "CheckoutStepsTests.A_file_edited_since_the_plan_stops_the_switch_and_is_left_as_it_is")]
    [InlineData("11 what somebody changes meanwhile is reported", "PlanPursuitTests.What_somebody_else_changes_meanwhile_is_drift_and_not_the_failure_of_this_run")]
    [InlineData("12 a new commit while it is prepared takes over",
        "live ControllerTests.A_commit_that_comes_in_while_another_is_prepared_takes_over_before_anything_stops",
        "OvertakenTests.Before_Cover_it_takes_over_and_nothing_of_the_one_before_reaches_users")]
    [InlineData("12 a new commit while it waits takes over", "NoticesTests.A_newer_commit_keeps_the_promised_time")]
    [InlineData("12 something new after Cover: the running one finishes first",
        "live SecretTests.Two_rotations_in_quick_succession_end_at_the_second_and_restart_exactly_the_readers",
        "EnvironmentTurnsTests.What_was_accepted_meanwhile_is_turned_to_as_soon_as_the_long_run_is_over",
        "OvertakenTests.From_Cover_on_the_running_one_finishes_first")]
    [InlineData("13 the flag taken back before Cover", "live FlagNoticeTests.Taken_back_before_the_time_the_notice_goes_away_and_nobody_sees_the_page")]
    [InlineData("13 the flag taken back after Cover", "live FlagTests.Taken_back_it_uncovers_though_a_newer_commit_waits_for_a_person_whose_word_then_lets_that_through",
        "FlagTurnTests.Taken_back_after_it_the_pages_are_checked_and_users_reach_the_site")]
    [InlineData("13 the flag taken back during a deploy under it", "FlagTurnTests.Taken_back_during_a_deploy_under_it_users_reach_the_site_when_that_has_ended")]
    [InlineData("13 held stays covered", "FlagTurnTests.What_is_held_stays_covered_when_the_flag_is_taken_back")]
    [InlineData("14 one server unreachable (of two)", "live PairTests.Nothing_starts_while_a_server_does_not_answer",
        "live ControllerTests.A_server_that_does_not_answer_is_unknown_not_missing")]
    [InlineData("14 one fails in the middle, without a migration; comes back with old code",
        "live PairTests.A_server_lost_before_the_migration_leads_all_back_and_it_comes_back_to_the_release_of_before_and_then_all_go_on")]
    [InlineData("14 one fails in the middle, with a migration", "live PairTests.A_server_lost_after_the_migration_holds_all_and_a_newer_commit_goes_on_once_it_is_back")]
    [InlineData("14 a changed host key: nothing is sent", "live ControllerTests.Nothing_is_sent_to_a_server_with_another_host_key",
        "live SshFaultLiveTests.Each_way_to_have_no_session_is_told_apart",
        "ConvergerTests.A_changed_host_key_is_not_tried_again")]
    [InlineData("14 sudo wants a password", "live RunnerLiveTests.The_login_may_start_nothing_but_the_runner",
        "ReceiptTextTests.Without_a_runner_it_is_said_how_to_get_one")]
    [InlineData("14 maxUnavailable: one unreachable", "live SpareTests.One_that_does_not_answer_is_missed_and_gets_no_request_before_it_is_as_the_others",
        "MissingServersTests.More_than_may_be_missing_or_one_that_may_not_and_nothing_starts",
        "MissingServersTests.A_plan_with_a_migration_misses_no_server_that_may_run_old_code")]
    [InlineData("14 maxUnavailable: one fails in the middle", "live SpareTests.One_that_is_lost_after_Cover_is_missed_and_the_others_finish",
        "MissingServersTests.One_that_fails_after_Cover_is_left_out_with_its_services_stopped_and_the_others_finish",
        "MissingServersTests.While_a_migration_is_to_come_one_that_fails_leads_all_back",
        "MissingServersTests.After_the_migration_one_that_fails_is_left_out_rather_than_all_held",
        "MissingServersTests.More_than_may_fail_and_all_go_back")]
    [InlineData("14 maxUnavailable: the lost one comes back with old code",
        "MissingServersTests.One_that_is_back_with_old_code_is_brought_up_by_itself_before_requests_go_to_it",
        "SimulationTests.Whatever_fails_nothing_is_done_twice_or_lost_and_all_comes_to_an_end")]
    [InlineData("15 noisy profile, banner", "SshServerSessionTests.Noise_of_a_profile_is_skipped")]
    [InlineData("15 exit 0 in .bashrc", "SshServerSessionTests.A_profile_that_exits_is_recognised_as_no_session")]
    [InlineData("15 100 MB of output", "SshServerSessionTests.A_hundred_megabytes_are_read_and_thrown_away_past_the_cap",
        "RunnerScriptTests.Of_long_output_head_and_tail_are_kept")]
    [InlineData("15 ignores SIGTERM", "live RunnerLiveTests.A_deadline_ends_the_whole_group")]
    [InlineData("15 daemonises", "live RunnerLiveTests.Nothing_that_a_step_starts_holds_the_lock")]
    [InlineData("16 pip index down", "ConvergerTests.What_a_network_or_a_lock_is_to_blame_for_is_tried_to_the_last_and_may_pass")]
    [InlineData("16 a wheel with the wrong hash, pip fails or is killed: the old virtualenv is as it was",
        "VirtualEnvironmentKindTests.When_pip_fails_or_is_killed_the_old_one_is_byte_for_byte_what_it_was",
        "VirtualEnvironmentKindTests.A_build_that_fails_leaves_nothing_that_counts_as_ready")]
    [InlineData("17 apt lock held by someone else: waited for, named", "live RunnerLiveTests.Packages_are_only_added_and_a_lock_is_waited_for_and_named")]
    [InlineData("18 a second ledger: a laptop", "live ControllerTests.A_second_ledger_is_refused_by_the_servers_of_the_first",
        "RunnerScriptTests.Another_ledger_and_a_lower_fence_are_refused")]
    [InlineData("18 a second ledger: a restored backup", "live SafeguardTests.Without_each_safeguard_a_case_of_the_grid_is_red",
        "SimulationTests.Whatever_fails_nothing_is_done_twice_or_lost_and_all_comes_to_an_end")]
    [InlineData("18 the ledger is lost", "live ControllerTests.Where_a_ledger_is_lost_a_person_has_the_servers_obey_another_one",
        "LedgerTakeoverTests.Only_what_obeys_the_named_ledger_is_taken_over")]
    [InlineData("19 power cut: a server", "RunnerPowerCutTests.Whenever_the_power_goes_nothing_is_torn_or_forgotten_and_no_answer_was_too_early",
        "RunnerPowerCutTests.A_fence_that_was_answered_is_never_lower_afterwards", "RunnerPowerCutTests.What_was_answered_as_withdrawn_never_begins",
        "RunnerPowerCutTests.What_the_power_left_beside_a_secret_is_gone_with_the_next_step", "RunnerPowerCutTests.Without_any_one_of_its_syncs_it_is_noticed")]
    [InlineData("19 power cut: the ledger", "LedgerPowerCutTests.Whenever_the_power_goes_every_intent_that_was_reported_is_there",
        "LedgerPowerCutTests.Without_the_syncs_of_each_commit_it_is_noticed")]
    [InlineData("19 power cut: the model", "DiskModelTests.What_was_not_synced_is_gone", "DiskModelTests.Of_what_was_not_synced_any_part_may_be_there")]
    public void Each_fault_that_is_survived_has_its_tests(string part, params string[] tests) => ShouldBeThere(part, tests);

    [Theory]
    [InlineData("Prepare: a passing fault is tried again, 5 s doubling to 3 min", "FailedRunTests.In_Prepare_a_fault_that_may_pass_is_tried_again",
        "ConvergerTests.A_step_that_may_be_repeated_is_tried_again_after_pauses_that_double_up_to_three_minutes", "RetriesTests.What_fails_again_is_tried_ever_more_seldom_and_at_once_when_a_person_asks")]
    [InlineData("Prepare: any other is set aside", "live FailedDeployTests.Code_that_cannot_start_is_refused_before_anything_stops_and_the_next_commit_goes_through",
        "FailedRunTests.In_Prepare_nothing_was_stopped_and_it_is_set_aside")]
    [InlineData("Announce", "live FlagNoticeTests.What_failed_and_a_person_tries_again_is_announced_waited_for_and_deployed_though_the_controller_dies",
        "NoticesTests.A_notice_that_could_not_be_put_up_promises_nothing")]
    [InlineData("Wait: the notice is withdrawn",
        "PersonsWordTests.A_notice_goes_away_at_once_when_what_it_was_for_is_set_aside_or_refused_or_cannot_be_seen_at_its_time")]
    [InlineData("from Cover on: back to before, set aside", "live FailedDeployTests.A_page_that_fails_leads_back_to_the_release_of_before_and_is_not_tried_again",
        "FailedRunTests.From_Cover_on_it_goes_back_to_what_was_converged_before", "FailurePolicyTests.From_Cover_on_it_goes_back_while_nothing_was_changed_for_good")]
    [InlineData("from Cover on: secrets and the role's password too",
        "live SecretTests.A_failed_run_goes_back_to_the_password_of_before_and_the_next_rotation_ends_at_its_own",
        "live LoginsTests.After_a_run_that_fails_the_old_login_is_as_good_as_before_and_the_new_one_is_gone")]
    [InlineData("from Cover on: a way back that fails or breaks off", "FailedRunTests.When_going_back_fails_too_the_page_stays_on",
        "BrokenOffTests.A_way_back_that_broke_off_is_gone_to_its_end_even_if_its_run_was_ended_already")]
    [InlineData("the last converged one stays in force", "UnitTurnTests.What_failed_is_set_aside_and_the_state_of_before_is_mended",
        "live PairTests.A_server_lost_before_the_migration_leads_all_back_and_it_comes_back_to_the_release_of_before_and_then_all_go_on")]
    [InlineData("first deploy", "FailedRunTests.A_first_deploy_has_nothing_to_go_back_to_and_the_next_state_tries_again",
        "FailurePolicyTests.A_first_deploy_has_no_before",
        "live FailedDeployTests.A_first_deploy_that_fails_leaves_the_page_on_and_the_services_down_until_the_next_commit")]
    [InlineData("System changed something", "FailedRunTests.What_System_changed_is_not_undone", "FailurePolicyTests.What_System_changed_is_not_undone")]
    [InlineData("a migration ran in part", "live FailedDeployTests.A_migration_that_fails_half_way_holds_the_site_covered_until_a_person_decides",
        "FailurePolicyTests.A_failed_migration_is_held_and_never_tried_again")]
    [InlineData("a migration, and nobody knows", "HoldTests.A_controller_that_died_after_a_migration_began_does_not_go_back_over_it",
        "ConvergerTests.A_step_whose_outcome_nobody_knows_may_have_taken_effect_and_its_intent_stays_open")]
    [InlineData("held: goes on with a newer desired state or a person's word", "HoldTests.A_newer_state_that_comes_through_takes_over_and_opens_the_site",
        "HoldTests.A_person_who_mended_by_hand_and_converges_ends_the_hold", "HoldTests.While_held_nothing_is_done_by_itself")]
    [InlineData("held: no second notice while covered", "NoticesTests.While_users_see_the_page_what_goes_on_from_a_hold_is_not_announced_again")]
    [InlineData("after a migration: once more, then held", "FailedRunTests.After_a_migration_the_rest_is_tried_once_more",
        "FailedRunTests.After_a_migration_a_second_failure_holds",
        "FailurePolicyTests.After_a_migration_the_rest_is_tried_once_more_and_then_held")]
    [InlineData("one server lost after Cover",
        "live PairTests.A_server_lost_before_the_migration_leads_all_back_and_it_comes_back_to_the_release_of_before_and_then_all_go_on",
        "live PairTests.A_server_lost_after_the_migration_holds_all_and_a_newer_commit_goes_on_once_it_is_back", "ConvergerTests.When_one_server_fails_the_others_finish_and_nothing_after_it_is_begun")]
    [InlineData("Uncover: tried for ever, told", "live FailedDeployTests.A_page_that_does_not_go_away_is_tried_until_it_does_and_nothing_is_stopped_for_it",
        "UncoverTests.What_is_ready_behind_the_page_is_neither_stopped_nor_taken_back_and_the_same_run_ends_well",
        "UncoverTests.People_are_told_in_the_first_turn_that_users_still_see_the_page")]
    [InlineData("Uncover, without a migration: pages that fail as users see them, covered again",
        "FailedRunTests.What_fails_once_the_page_is_away_is_covered_again_before_anything_is_put_back")]
    [InlineData("start: every server is fenced before anything", "BrokenOffTests.Nothing_is_begun_before_every_server_knows_of_the_controller",
        "live RunnerLiveTests.A_newer_controller_fences_an_older_one_while_its_step_runs")]
    [InlineData("start: open runs are settled first", "UnitTurnTests.A_step_of_a_dead_controller_that_still_runs_is_in_the_way",
        "UnitTurnTests.What_a_dead_controller_began_is_finished_and_nothing_twice")]
    [InlineData("ledger damaged", "SqliteLedgerTests.A_damaged_ledger_is_told")]
    [InlineData("a lease that was not renewed in time by the monotonic clock",
        "live LeaseTests.Past_its_time_by_its_own_clock_nothing_may_be_sent_though_nobody_has_taken_over")]
    public void Each_row_of_what_a_failure_leads_to_has_its_tests(string part, params string[] tests) => ShouldBeThere(part, tests);

    [Fact]
    public void A_test_that_is_not_there_is_noticed()
    {
        foreach (var test in new[] { "FailedRunTests.No_such_thing", "live ControllerTests.No_such_thing", "live FailedRunTests.What_System_changed_is_not_undone", "versions/no.txt", "NoSuchTests" })
            NamedTests.IsThere(test).ShouldBeFalse(test);
    }

    private static void ShouldBeThere(string part, string[] tests)
    {
        tests.ShouldNotBeEmpty(part);
        foreach (var test in tests)
            NamedTests.IsThere(test).ShouldBeTrue($"{part}: {test} is not there");
    }
}
