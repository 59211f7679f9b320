using System.Reflection;
using System.Text.RegularExpressions;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests;

/// <summary>Whether a test that a list names is there, and is run.</summary>
internal static class NamedTests
{
    /// <param name="test">A file in <c>Documents/cases</c>; <c>Class.Method</c> or <c>Class</c> here; <c>live Class.Method</c> of Reconciler.LiveTests.</param>
    public static bool IsThere(string test) =>
        test.EndsWith(".txt", StringComparison.Ordinal) ? IsCase(Path.Combine(DocumentCase.Folder, test))
        : test.StartsWith("live ", StringComparison.Ordinal) ? IsLive(test[5..].Split('.'))
        : IsHere(test.Split('.'));

    /// <summary>A case says at least one fault.</summary>
    private static bool IsCase(string file) => File.Exists(file) && DocumentCase.Load(file).Expected.Length > 0;

    private static bool IsHere(string[] parts) => Assembly.GetExecutingAssembly().GetTypes().Where(type => type.Name == parts[0])
        .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(method => method.GetCustomAttributes<FactAttribute>().Any(fact => fact.Skip is null))
        .Any(method => parts.Length == 1 || method.Name == parts[1]);

    /// <summary>Their program is not loaded here: its source is read.</summary>
    private static bool IsLive(string[] parts) =>
        Directory.EnumerateFiles(Path.Combine(Trees.Repository, "tests", "Reconciler.LiveTests"), $"{parts[0]}.cs", SearchOption.AllDirectories)
            .Any(file => Regex.IsMatch(File.ReadAllText(file), $@"\[Fact(?!\(Skip)[^\n]*\]\s+public (async )?(Task|void) {Regex.Escape(parts[1])}\("));
}
