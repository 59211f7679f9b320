using System.ComponentModel;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>files.yaml</c>. Exactly one of Content, Template, Link, Directory and Absent is set.</summary>
internal sealed record FileEntry
{
    [Description("Where it stands. Allowed without more are /srv, /var/www, /var/backups, /opt, /etc/nginx, /etc/supervisor, /etc/systemd/system, /etc/redis, /etc/postgresql and /etc/profile.d; for another folder root adds a line `root FOLDER` (for a single link `link PATH`) to /etc/reconciler/runner.conf on each server, or enrolls it with --root FOLDER (--link PATH).")]
    [Form(Form.FilePath), Templated]
    public required string Path { get; init; }

    [Description("What is in the file.")]
    [Form(Form.Text), Templated]
    public string? Content { get; init; }

    [Description("What is in the file: a template from this folder.")]
    [Form(Form.RelativePath)]
    public string? Template { get; init; }

    [Description("It is a symbolic link to this.")]
    [Form(Form.LinkTarget), Templated]
    public string? Link { get; init; }

    [Description("true: it is a directory; what is in it is somebody else's business.")]
    public bool Directory { get; init; }

    [Description("true: no file and no link is to be there. What is found is removed and a copy of it kept on the server; a directory is never removed. Below /etc/nginx, nginx is tested without it and reloaded.")]
    public bool Absent { get; init; }

    [Description("Octal; without it 0644, for directories 0755.")]
    [Form(Form.Mode), AsWritten]
    public string? Mode { get; init; }

    [Description("Without it the application's user; root for host.")]
    [Form(Form.Owner)]
    public string? Owner { get; init; }

    [Description("Without it the owner's own.")]
    [Form(Form.Owner)]
    public string? Group { get; init; }

    [Description("Roles and servers; without it every server of the application; for host every server.")]
    [Form(Form.Name), NotEmpty]
    public IReadOnlyList<string>? On { get; init; }
}
