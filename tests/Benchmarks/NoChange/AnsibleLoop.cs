using System.Globalization;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>Ansible with masters that are warm: one raw task with the lean script, its best case; and modules in check mode, as people have them.</summary>
internal sealed class AnsibleLoop
{
    private readonly string _folder;
    private readonly string _playbook;

    private AnsibleLoop(string folder, string playbook) => (_folder, _playbook) = (folder, playbook);

    public static AnsibleLoop Raw(BenchSite site) => new(Prepare(site), "raw.yml");

    public static AnsibleLoop Modules(BenchSite site) => new(Prepare(site), "modules.yml");

    /// <summary>Wall and controller as <see cref="Cost"/> has them; what the masters use is not in it.</summary>
    public async Task<Cost> CostAsync(BenchSite site)
    {
        var used = site.ServerSeconds;
        var command = await Command.RunAsync("bash", ["-c", $"TIMEFORMAT='%R %U %S'; time ansible-playbook -i inventory --check {_playbook} >out"], TimeSpan.FromMinutes(20), _folder,
            environment: new Dictionary<string, string> { ["ANSIBLE_CONFIG"] = Path.Combine(_folder, "ansible.cfg") });
        var times = command.Error.Trim().Split('\n')[^1].Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture) * 1000).ToList();
        var said = await File.ReadAllTextAsync(Path.Combine(_folder, "out"));
        if (command.ExitCode != 0 || !said.Contains("failed=0", StringComparison.Ordinal))
            throw new InvalidOperationException($"{said}\n{command.All}");
        return new(times[0], (times[1] + times[2]) / site.All.Count, (site.ServerSeconds - used) * 1000 / site.All.Count);
    }

    private static string Prepare(BenchSite site)
    {
        var folder = Path.Combine(site.World, "ansible");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "known_hosts"), string.Concat(site.All.Values.Select(server => $"{server.Address} {server.HostKey}\n")));
        File.WriteAllText(Path.Combine(folder, "inventory"), "[all]\n" + string.Concat(site.All.Values.Select(server => $"{server.Address}\n")));
        File.WriteAllText(Path.Combine(folder, "ansible.cfg"), $"""
            [defaults]
            forks = {site.All.Count}
            gathering = explicit
            remote_user = admin
            private_key_file = {site.AdminKey}
            interpreter_python = /usr/bin/python3
            [ssh_connection]
            pipelining = True
            ssh_args = -o ControlMaster=auto -o ControlPersist=300s -o UserKnownHostsFile={folder}/known_hosts
            control_path_dir = {folder}/cp
            """);
        File.WriteAllText(Path.Combine(folder, "lean.sh"), BareLoop.LeanScript);
        File.WriteAllText(Path.Combine(folder, "raw.yml"), """
            - hosts: all
              gather_facts: false
              tasks:
                - raw: "sudo -n sh -c {{ lookup('file', 'lean.sh') | quote }}"
                  check_mode: false
            """);
        File.WriteAllText(Path.Combine(folder, "modules.yml"), """
            - hosts: all
              gather_facts: false
              become: true
              tasks:
                - command: git -c safe.directory=* -C /srv/www/coralnet status --porcelain --untracked-files=no --branch
                  check_mode: false
                  changed_when: false
                - command: /srv/www/venv/bin/pip list --format=freeze --disable-pip-version-check
                  check_mode: false
                  changed_when: false
                - stat: {path: /srv/www/coralnet/project/config/secrets.json, checksum_algorithm: sha256}
                - stat: {path: /etc/nginx/sites-available/coralnet-coralnet, checksum_algorithm: sha256}
                - stat: {path: /var/lib/reconciler/cover/coralnet/on}
                - stat: {path: /var/lib/reconciler/cover/coralnet/page.html, checksum_algorithm: sha256}
                - command: supervisorctl status
                  check_mode: false
                  changed_when: false
                - service: {name: nginx, state: started}
                - service: {name: redis-server, state: started}
                - apt: {name: [nginx-light, supervisor, python3-venv, git, libpq5], state: present}
                - command: apt list --upgradable
                  check_mode: false
                  changed_when: false
                - stat: {path: /run/reboot-required}
                - command: cat /proc/sys/kernel/random/boot_id
                  check_mode: false
                  changed_when: false
            """);
        return folder;
    }
}
