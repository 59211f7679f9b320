using System.Runtime.InteropServices;
using SQLitePCL;

namespace Reconciler.Journaling;

/// <summary>Binds the managed provider to the distribution's libsqlite3, the one that the distribution patches.</summary>
internal static class NativeSqlite
{
    private static readonly Lazy<bool> Bound = new(Bind);

    public static void Require() => _ = Bound.Value;

    private static bool Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly,
            static (name, assembly, path) => name == "e_sqlite3" ? NativeLibrary.Load("libsqlite3.so.0", assembly, path) : IntPtr.Zero);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }
}
