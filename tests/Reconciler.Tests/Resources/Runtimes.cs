using Reconciler.Model;

namespace Reconciler.Tests.Resources;

/// <summary>How an application's commands run, in a folder of the test's own.</summary>
internal static class Runtimes
{
    public static ApplicationRuntime In(string folder) => new("coralnet", "coralnet", $"{folder}/coralnet", $"{folder}/coralnet/project", $"{folder}/venv",
        $"{folder}/coralnet.d/commit", $"{folder}/venv.d/packages",
        [new("DJANGO_SETTINGS_MODULE", "config.settings.production"), new("QUOTED", "it's $HOME")],
        [new($"{folder}/coralnet/secrets.json", new(new("production", "coralnet", "settings"), "digest"))]);

    /// <summary>A program that plays the virtualenv's python.</summary>
    public static void Python(string virtualEnvironment, string script)
    {
        Directory.CreateDirectory($"{virtualEnvironment}/bin");
        File.WriteAllText($"{virtualEnvironment}/bin/python", "#!/bin/sh\n" + script);
        File.SetUnixFileMode($"{virtualEnvironment}/bin/python", (UnixFileMode)0b111_101_101);
    }
}
