using Reconciler.Converging;

namespace Reconciler.Tests.Converging;

public sealed class PrintedTextTests
{
    [Theory]
    [InlineData("2026/11/21 13:00:01 [emerg] 1234#1234: a duplicate default server for 0.0.0.0:80 in /etc/nginx/sites-enabled/default:22\n"
        + "nginx: configuration file /etc/nginx/nginx.conf test failed\n",
        "nginx: [emerg] a duplicate default server for 0.0.0.0:80 in /etc/nginx/sites-enabled/default:22")]
    [InlineData("nginx: [emerg] unknown directive \"lisen\" in /etc/nginx/conf.d/x.conf:1\nnginx: configuration file /etc/nginx/nginx.conf test failed\n",
        "nginx: [emerg] unknown directive \"lisen\" in /etc/nginx/conf.d/x.conf:1")]
    [InlineData("nginx: [warn] conflicting server name\nnginx: [emerg] still could not bind()\n", "nginx: [emerg] still could not bind()")]
    [InlineData("Traceback (most recent call last):\n  File \"x\"\ndjango.db.utils.OperationalError: no such table\n@end\n", "django.db.utils.OperationalError: no such table")]
    [InlineData("/usr/bin/env: 'gunicorn': No such file or directory\n"
        + "coralnet-gunicorn.service: Main process exited, code=exited, status=127/n/a\n"
        + "coralnet-gunicorn.service: Failed with result 'exit-code'.\n", "/usr/bin/env: 'gunicorn': No such file or directory")]
    [InlineData("Failed to start. Giving up.\n", "Failed to start. Giving up")]
    [InlineData("x.service: Failed with result 'exit-code'.\n", "x.service: Failed with result 'exit-code'")]
    [InlineData("", "it printed nothing")]
    public void The_telling_line_is_the_one_that_says_what_is_wrong(string output, string line) => PrintedText.TellingLine(output).ShouldBe(line);
}
