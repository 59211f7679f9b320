using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Resources.Code;
using Reconciler.Resources.Service;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>Processes of the example's user on web1, beside its services.</summary>
public sealed class StrayProcessesTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private static UserProcess Process(
        long pid, long parent, string command, string program = "/usr/bin/python3.11", string folder = "/srv/www/coralnet/project") =>
        new(pid, parent, pid * 10, Since, new(program, folder, command));

    private static IReadOnlyList<Unmanaged> Strays(params UserProcess[] processes)
    {
        var world = new World(new Expanded())
            .Where<CheckoutFacts>("Code", "web1", facts => facts with { Processes = processes })
            .Where<ServiceFacts>("Service", "web1", facts => facts with { Processes = [new(100, 0)] }, "gunicorn");
        return [.. StrayProcesses.Of(world.UnitOf("coralnet"), new Observed(world.Seen, new Dictionary<string, string>()))];
    }

    [Fact]
    public void A_worker_started_by_hand_is_named_with_command_folder_and_start_and_what_to_do()
    {
        var stray = Strays(
            Process(200, 1, "/srv/www/venv/bin/python3 /srv/www/venv/bin/celery -A config worker"), Process(201, 200, "celery"),
                Process(202, 200, "celery"))
            .ShouldHaveSingleItem();

        stray.Sentence.ShouldBe("process 200 with 2 of its own runs the code of coralnet, and no service that git declares started it: "
            + "`/srv/www/venv/bin/python3 /srv/www/venv/bin/celery -A config worker`, in /srv/www/coralnet/project");
        (stray.What, stray.Since, stray.Resource.Server).ShouldBe(("process 200", Since, "web1"));
        stray.Advice.ShouldContain("`kill 200`");
    }

    [Fact]
    public void What_a_service_is_or_started_or_was_started_by_is_none() => Strays(
        Process(50, 1, "/srv/www/venv/bin/python /srv/www/venv/bin/circusd"), Process(100, 50, "gunicorn: master"),
        Process(101, 100, "gunicorn: worker"), Process(102, 101, "python helper")).ShouldBeEmpty();

    [Fact]
    public void A_persons_shell_and_editor_are_none() => Strays(
        Process(300, 1, "-bash", "/usr/bin/bash"), Process(301, 300, "vim /srv/www/coralnet/project/config/urls.py", "/usr/bin/vim.basic"),
        Process(302, 300, "python3", folder: "/home/ada"), Process(303, 1, "", "", "")).ShouldBeEmpty();

    [Fact]
    public void A_runserver_of_an_active_virtualenv_is_known_by_its_folder() =>
        Strays(Process(300, 1, "python manage.py runserver")).ShouldHaveSingleItem().What.ShouldBe("process 300");
}
