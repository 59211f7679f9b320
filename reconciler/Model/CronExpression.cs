using System.Globalization;

namespace Reconciler.Model;

/// <summary>
/// When, as cron writes it: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Pure; it knows no time zone.
/// </summary>
internal sealed class CronExpression
{
    private static readonly (string Name, int Lowest, int Highest)[] Fields =
        [("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7)];

    private readonly HashSet<int>[] _fields;
    private readonly bool _eitherDay;

    private CronExpression(HashSet<int>[] fields, bool eitherDay) => (_fields, _eitherDay) = (fields, eitherDay);

    /// <summary>Null when it can be read, else what is wrong with it.</summary>
    public static string? FaultOf(string text) => Read(text, out var fault) is null ? fault : null;

    /// <exception cref="FormatException">What <see cref="FaultOf"/> says.</exception>
    public static CronExpression Parse(string text) => Read(text, out var fault) ?? throw new FormatException(fault);

    /// <summary>Where day of the month and day of the week are both restricted, either will do, as for cron.</summary>
    public bool MatchesDay(DateOnly day)
    {
        var (inMonth, inWeek) = (_fields[2].Contains(day.Day), _fields[4].Contains((int)day.DayOfWeek));
        return _fields[3].Contains(day.Month) && (_eitherDay ? inMonth || inWeek : inMonth && inWeek);
    }

    public bool Matches(DateTime local) =>
        MatchesDay(DateOnly.FromDateTime(local)) && _fields[1].Contains(local.Hour) && _fields[0].Contains(local.Minute);

    /// <summary>On each day that it matches, ascending.</summary>
    public IEnumerable<TimeOnly> Times() =>
        from hour in _fields[1].Order() from minute in _fields[0].Order() select new TimeOnly(hour, minute);

    private static CronExpression? Read(string text, out string? fault)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        fault = words.Length == Fields.Length ? null
            : $"has {words.Length} fields, and cron has five: minute, hour, day of the month, month, day of the week";
        var fields = new HashSet<int>[Fields.Length];
        for (var i = 0; fault is null && i < Fields.Length; i++)
            (fields[i], fault) = ReadField(words[i], Fields[i]);
        if (fault is not null)
            return null;
        if (fields[4].Remove(7))
            fields[4].Add(0);
        return new(fields, words[2] != "*" && words[4] != "*");
    }

    private static (HashSet<int> Values, string? Fault) ReadField(string word, (string Name, int Lowest, int Highest) field)
    {
        var values = new HashSet<int>();
        foreach (var part in word.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var alone] => (alone, 1),
                [var of, var every] when Number(every) is > 0 and var number => (of, number),
                _ => ("", 0),
            };
            var (first, last) = range == "*" ? (field.Lowest, field.Highest) : range.Split('-') switch
            {
                [var one] when Number(one) is var number => (number, part.Contains('/') ? field.Highest : number),
                [var from, var to] => (Number(from), Number(to)),
                _ => (-1, -1),
            };
            if (first < field.Lowest || last > field.Highest || first > last)
                return (values, $"says `{part}` for the {field.Name}: write *, a number from {field.Lowest} to {field.Highest}, a range as "
                    + $"{field.Lowest}-{field.Highest}, or a step as */5; several with commas");
            for (var value = first; value <= last; value += step)
                values.Add(value);
        }
        return (values, null);
    }

    private static int Number(string text) =>
        text.Length is 1 or 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
