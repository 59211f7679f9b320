using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Journaling;

/// <summary>Who holds a ledger.</summary>
/// <param name="Command">What it was started as: <see cref="Watch"/>, <c>converge</c>; null when it did not say.</param>
internal sealed record LedgerHolder(int ProcessId, string Host, DateTimeOffset Since, string? Command = null)
{
    /// <summary>When its process started, in clock ticks since boot: with the number, one process and no other, whatever the clock does.</summary>
    public long? Ticks { get; init; }

    /// <summary>Of chance, where several controllers share the ledger.</summary>
    public string? Id { get; init; }

    /// <summary>One process and no other, wherever it runs.</summary>
    [JsonIgnore]
    public string Name => $"{Host}:{ProcessId}:{Id}";

    /// <summary>The only command that takes requests.</summary>
    public const string Watch = "watch";

    public override string ToString() =>
        $"{(Command is null ? "" : $"`{Command}`, ")}process {ProcessId} on {Host}, since {Since:yyyy-MM-dd HH:mm:ss} UTC";
}

/// <summary>
/// One writer: flock(2) on <c>ledger.lock</c>, which the kernel lets go when its holder dies. Who holds it stands beside, in
/// <c>ledger.holder</c>, since a locked file cannot be opened to be read; without the lock that file means nothing.
/// </summary>
internal sealed partial class LedgerLock : IDisposable
{
    // .NET passes flock's EWOULDBLOCK on as it is.
    private const int WouldBlock = 11;

    private readonly FileStream _file;
    private readonly string _folder;

    private LedgerLock(FileStream file, string folder) => (_file, _folder) = (file, folder);

    /// <exception cref="LedgerException"><see cref="LedgerFault.Locked"/>, naming the holder.</exception>
    public static LedgerLock Take(string folder, TimeProvider clock, string? command)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(Path.Combine(folder, "ledger.lock"), Options(FileMode.OpenOrCreate, FileShare.None));
            WriteHolder(folder, new LedgerHolder(Environment.ProcessId, Environment.MachineName, clock.GetUtcNow(), command)
            {
                Ticks = TicksOf(Environment.ProcessId),
            });
            return new LedgerLock(file, folder);
        }
        catch (IOException e) when (file is null && e.HResult == WouldBlock)
        {
            var holder = HolderOf(folder) is { } known ? known.ToString() : "another process";
            throw new LedgerException(LedgerFault.Locked,
                $"The ledger in {folder} is held by {holder}: one controller at a time. Stop it, or wait until it has ended.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new LedgerException(LedgerFault.Unusable,
                $"The ledger's lock in {folder} cannot be written: {e.Message} Run as the controller's user, and look at the disk.", e);
        }
    }

    /// <summary>Who last took the ledger; null when nobody ever did. Whether they still hold it, only the lock tells.</summary>
    public static LedgerHolder? HolderOf(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, "ledger.holder")), HolderJson.Default.LedgerHolder);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Who holds the ledger now; null when nobody does. Told without touching the lock, since a look must not be in the way of a controller that starts:
    /// a holder that was killed has left its name, and its process is gone.
    /// </summary>
    public static LedgerHolder? HolderNow(string folder) =>
        HolderOf(folder) is { } holder && (holder.Host != Environment.MachineName || IsAlive(holder)) ? holder : null;

    /// <summary>A later process may have the same number, but not the same start as well.</summary>
    private static bool IsAlive(LedgerHolder holder) => TicksOf(holder.ProcessId) is { } ticks && ticks == holder.Ticks;

    /// <returns>Clock ticks from boot to its start, field 22 of proc(5)'s stat; null when there is no such process.</returns>
    private static long? TicksOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // The second field is a name in parentheses, which may hold anything.
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(Path.Combine(_folder, "ledger.holder"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only names; the lock is what counts.
        }
        _file.Dispose();
    }

    private static void WriteHolder(string folder, LedgerHolder holder)
    {
        var beside = Path.Combine(folder, "ledger.holder.new");
        using (var file = new FileStream(beside, Options(FileMode.Create, FileShare.Read)))
            file.Write(JsonSerializer.SerializeToUtf8Bytes(holder, HolderJson.Default.LedgerHolder));
        File.Move(beside, Path.Combine(folder, "ledger.holder"), overwrite: true);
    }

    private static FileStreamOptions Options(FileMode mode, FileShare share) => new()
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = share,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    [JsonSerializable(typeof(LedgerHolder))]
    private sealed partial class HolderJson : JsonSerializerContext;
}
