using System.Text.RegularExpressions;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Resources.Absence;
using Reconciler.Resources.Database;
using Reconciler.Resources.File;
using Reconciler.Resources.Link;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.Packages;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.Service;

namespace Reconciler.Turns.Surveys;

/// <summary>What all documents together speak of on one server.</summary>
internal sealed partial class Declared
{
    private readonly HashSet<string> _paths = [];
    private readonly HashSet<string> _units = [];
    private readonly HashSet<string> _ownUnits = [];
    private readonly HashSet<string> _programs = [];
    private readonly HashSet<int> _ports = [];
    private readonly HashSet<string> _software = [];

    private Declared()
    {
    }

    public static Declared On(ExpandedEnvironment environment, string server)
    {
        var declared = new Declared();
        foreach (var resource in environment.Units.SelectMany(unit => unit.Resources).Where(resource => resource.Id.Server == server))
            declared.Add(resource);
        declared._ports.Add(environment.Servers.GetValueOrDefault(server)?.Port ?? 22);
        return declared;
    }

    public bool HasPath(string path) => _paths.Contains(path);

    /// <summary>Also an instance of it: Debian's <c>postgresql@15-main.service</c> of <c>postgresql.service</c>.</summary>
    public bool HasUnit(string unit) => _units.Contains(unit)
        || (unit.IndexOf('@') is > 0 and var at && _units.Contains($"{unit[..at]}.service"));

    /// <summary>One that we write ourselves.</summary>
    public bool HasOwnUnit(string unit) => _ownUnits.Contains(unit);

    /// <summary>GROUP:PROGRAM is how supervisor calls one of several.</summary>
    public bool HasProgram(string program) => _programs.Contains(program);

    public bool HasPort(int port) => _ports.Contains(port);

    /// <summary><c>nginx</c>, <c>redis</c>, <c>postgresql</c>: as a package, a unit, a site, a database.</summary>
    public bool HasSoftware(string name) => _software.Any(word => word.StartsWith(name, StringComparison.Ordinal));

    private void Add(Resource resource)
    {
        switch (resource.Spec)
        {
            case FileSpec file: _paths.Add(file.Path); break;
            case LinkSpec link: _paths.Add(link.Path); break;
            case AbsenceSpec absence: _paths.Add(absence.Path); break;
            case SecretsFileSpec secrets: _paths.Add(secrets.Path); break;
            case PackagesSpec packages: _software.UnionWith(packages.Packages.Select(package => package.Name)); break;
            case DatabaseSpec: _software.Add("postgresql"); _ports.Add(5432); break;
            case NginxSiteSpec site:
                _software.Add("nginx");
                _ports.UnionWith(Listen().Matches(site.Content).Select(match => int.Parse(match.Groups[1].Value)));
                break;
            case ServiceSpec service: Add(service); break;
        }
    }

    private void Add(ServiceSpec service)
    {
        if (service.Port is { } port)
            _ports.Add(port);
        if (service.UnitName is { } unit)
        {
            _units.Add(unit);
            _software.Add(unit);
        }
        if (service.Manager is ServiceManager.OwnUnit)
            _ownUnits.Add(service.UnitName!);
        if (service.Manager is ServiceManager.DeclaredProgram)
            _ownUnits.Add(SupervisordUnit.NameOf(service.Application));
        _units.UnionWith(_ownUnits);
        if (service.Manager is ServiceManager.ExistingProgram(var program))
            _programs.UnionWith([program, program.Split(':')[0], program.Split(':')[^1]]);
        if (service.Manager is ServiceManager.OwnProgram)
            _programs.Add(service.FullName);
    }

    // listen 80; listen [::]:443 ssl; listen 127.0.0.1:8080
    [GeneratedRegex(@"(?<=[\s;{])listen\s+(?:[^\s;]*:)?(\d{1,5})(?=[\s;])")]
    private static partial Regex Listen();
}
