namespace Reconciler.Tests;

/// <summary>The entries of "Bad input" in the safety contract, and where each is tested: a file in <c>Documents/cases</c>, or <c>Class.Method</c>.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("nesting past 24", "yaml/too-deep.txt", "yaml/hundred-thousand-levels.txt", "RobustnessTests.Repetition_without_end_is_refused_in_no_time")]
    [InlineData("anchors, aliases, merge keys, explicit tags", "yaml/anchors-aliases-merge-keys-tags.txt")]
    [InlineData("over 1 MB or 50 000 nodes", "yaml/too-large.txt", "yaml/too-many-nodes.txt")]
    [InlineData("duplicate keys (both places)", "yaml/duplicate-keys.txt")]
    [InlineData("unknown keys (nearest known one)", "yaml/unknown-keys.txt")]
    [InlineData("several documents in one file", "yaml/several-documents.txt")]
    [InlineData("an empty file", "yaml/empty-files.txt", "layout/nothing.txt")]
    [InlineData("tabs", "yaml/tabs.txt")]
    [InlineData("bad UTF-8, NUL, zero-width and bidirectional characters", "yaml/characters.txt", "PlanCommentTests")]
    [InlineData("010 and 1e3 for numbers, no and on for booleans, out of range", "yaml/numbers-and-booleans.txt")]
    [InlineData("null where needed", "yaml/nulls.txt")]
    [InlineData("all faults of a commit in one answer", "layout/everything-at-once.txt")]
    [InlineData("any bytes", "RobustnessTests.No_bytes_whatever_make_the_reader_throw", "RobustnessTests.No_valid_document_with_one_piece_changed_makes_the_reader_throw")]
    [InlineData("names: a;id, $(id), leading -, newlines, 300 characters", "names/bad-names.txt", "names/users-addresses-keys.txt")]
    [InlineData("references to what does not exist", "references/unknown.txt", "references/unknown-servers.txt", "references/reads.txt")]
    [InlineData("cycles", "references/promotion-cycle.txt", "references/promoted-from-itself.txt")]
    [InlineData("two servers with one address, in any environments", "references/one-address.txt")]
    [InlineData("a commit that removes every server", "references/no-servers.txt", "DeletionsTests.An_environment_with_servers_in_use_stays")]
    [InlineData("branch names that are options", "GitMirrorTests.A_branch_name_that_git_might_take_for_something_else_is_refused", "GitMirrorTests.A_remote_branch_named_like_an_option_runs_nothing")]
    [InlineData("short or 41-digit SHAs", "values/git.txt")]
    [InlineData("ext::, file://, git://, http:// remotes, passwords in URLs", "values/git.txt", "RemoteAddressTests.Anything_else_is_refused_and_no_password_repeated")]
    [InlineData("submodules, symlinks, names like .git or ..", "RepositoryWatcherTests.What_desired_state_must_not_hold_is_named_all_at_once")]
    [InlineData("paths: .., /, /etc, /home as a deploy path", "paths/deploy-paths.txt", "paths/files.txt", "paths/secrets.txt", "paths/runner-roots.txt")]
    [InlineData("a path that is or crosses a symlink out of its root on the server", "AllowedFoldersTests.Files_stand_below_a_root_after_following_links",
        "RunnerScriptTests.Nothing_is_placed_outside_the_allowed_folders", "HostileRequestsTests.A_folder_on_the_way_that_becomes_a_link_leads_nowhere")]
    [InlineData("what the runner's verbs and paths do not allow", "HostileRequestsTests.No_verb_reaches_beyond_its_folders",
        "HostileRequestsTests.What_is_no_verb_is_refused", "HostileRequestsTests.A_forged_header_is_refused", "RunnerScriptTests.A_request_that_is_not_well_formed_does_nothing")]
    [InlineData("environment variables such as LD_PRELOAD or PATH, values with newlines", "values/environment-variables.txt")]
    [InlineData("nginx values with ;{} or quotes", "values/templates.txt")]
    [InlineData("templates that reach for secrets, or for anything but a value", "values/templates.txt", "TemplateTests")]
    [InlineData("24:00, end before start", "values/maintenance.txt")]
    [InlineData("unknown zones", "values/windows.txt")]
    [InlineData("a start in a spring gap or an autumn fold", "ChangeWindowsTests.A_start_that_the_clocks_skip_or_repeat_happens_once_and_is_explained")]
    [InlineData("webhooks: no, short or wrong signature", "WebhooksTests.Without_the_right_signature_nothing_is_even_read",
        "WebhooksTests.Whatever_stands_in_the_headers_nothing_unsigned_is_read", "WebhooksTests.A_secret_that_could_be_guessed_is_refused")]
    [InlineData("webhooks: over 1 MB, endless", "WebhooksTests.Deep_long_and_slow_bodies_end")]
    [InlineData("webhooks: missing fields, another repository", "WebhooksTests.What_is_signed_and_makes_no_sense_is_refused_and_causes_nothing",
        "WebhooksTests.Whatever_of_a_real_payload_is_changed_or_cut_off_is_answered")]
    [InlineData("webhooks: replayed, another branch", "WebhooksTests.A_push_to_the_followed_branch_makes_it_look_once_and_others_do_not")]
    [InlineData("webhooks: no secret, no endpoint", "HttpFaceTests", "GitHostDeskTests.A_webhook_without_its_secret_file_and_a_host_of_an_unknown_kind_are_told_at_the_start")]
    [InlineData("output of servers: escape sequences, carriage returns", "UnifiedDiffTests.What_a_server_holds_cannot_draw_on_the_terminal", "SaidTests", "RunJournalTests")]
    [InlineData("output of servers: forged log lines", "JsonLogTests")]
    [InlineData("output of servers: forged end markers", "SshServerSessionTests.Forged_markers_and_binary_output_stay_output",
        "ServerProbesTests.A_forged_end_is_output_and_a_cut_off_answer_is_not_given", "FrameReaderTests.Wherever_bytes_are_cut_each_part_is_what_stands_before_its_marker",
        "FrameReaderTests.What_is_cut_off_a_steps_answer_makes_its_outcome_unknown_and_never_good")]
    [InlineData("output of servers: U+FFFD for what is not UTF-8", "ServerProbesTests.Stderr_is_dropped_and_bad_bytes_become_replacement_characters")]
    [InlineData("output of servers: an answer that is none of the runner's", "FrameReaderTests.Any_answer_of_a_runner_is_understood_or_said_not_to_be")]
    public void Every_entry_has_its_tests(string entry, params string[] tests)
    {
        foreach (var test in tests)
            NamedTests.IsThere(test).ShouldBeTrue($"{entry}: {test} is not there");
    }
}
