using System.Data.Common;
using System.Globalization;

namespace Reconciler.Journaling;

/// <summary>One row, read by column number.</summary>
internal readonly struct LedgerRow(DbDataReader reader)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public long Number(int column) => reader.GetInt64(column);

    public int? IntegerOrNull(int column) => reader.IsDBNull(column) ? null : (int)reader.GetInt64(column);

    public DateTimeOffset Time(int column) => ParseTime(reader.GetString(column));

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : Time(column);

    public T Name<T>(int column) where T : struct, Enum => Enum.Parse<T>(reader.GetString(column));

    public T? NameOrNull<T>(int column) where T : struct, Enum => reader.IsDBNull(column) ? null : Name<T>(column);

    /// <summary>A value as both kinds of database keep it: text, or a whole number of 64 bits.</summary>
    public static object? Stored(object? value) => value switch
    {
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        Enum name => name.ToString(),
        int number => (long)number,
        _ => value,
    };

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
