using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Reconciler.Journaling;

/// <summary>One row, read by column number.</summary>
internal readonly struct LedgerRow(SqliteDataReader reader)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Number(int column) => reader.GetInt64(column);

    public int? IntegerOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);

    public DateTimeOffset Time(int column) => ParseTime(reader.GetString(column));

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : Time(column);

    public T Name<T>(int column) where T : struct, Enum => Enum.Parse<T>(reader.GetString(column));

    public T? NameOrNull<T>(int column) where T : struct, Enum => reader.IsDBNull(column) ? null : Name<T>(column);

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
