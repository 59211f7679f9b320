namespace Reconciler.Importing;

/// <summary>environment.yaml and servers.yaml.</summary>
internal static class EnvironmentDraft
{
    public static void Write(Draft draft)
    {
        var request = draft.Request;
        var environment = new YamlDraft("Environment", request.Environment);
        environment.Add("spec:");
        var profile = request.Environment is "staging" or "development" ? request.Environment : "production";
        environment.Add($"  profile: {profile}", profile == request.Environment ? "guessed from the environment's name"
            : "guessed: the most careful one");
        if (request.Port != 22 || request.Login != "reconciler")
            environment.Add($"  ssh: {{user: {request.Login}, port: {request.Port}}}");
        draft.Add("environment.yaml", environment);

        var servers = new YamlDraft("Servers", request.Environment);
        servers.Add("spec:");
        servers.Add($"  {request.Server}: {{address: {YamlDraft.Of(request.Address)}, roles: {YamlDraft.List(draft.Found.Roles)}"
            + $"{(request.HostKey is { } key ? $", hostKey: {YamlDraft.Of(key)}" : "")}}}", $"{draft.Found.Server.System}; "
            + $"roles guessed from what runs there");
        draft.Add("servers.yaml", servers);
    }
}
