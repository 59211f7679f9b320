using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Reconciler.Model;

/// <summary>
/// Shell fragments that ask web servers over loopback with what a bare server has: bash, coreutils, and for TLS openssl or python3.
/// The script goes to bash on stdin, so a token in a header is in no process list.
/// </summary>
internal static class PageScript
{
    /// <summary>Seconds that all requests of one fragment, sent at the same time, have to answer.</summary>
    public const int Limit = 10;

    // state: an HTTP status, or refused, silent (no answer), alien (not HTTP), toolless. head, body: ok or missing.
    private const string Ask = """
        python='import socket,ssl,sys
        c=ssl._create_unverified_context()
        s=c.wrap_socket(socket.create_connection((sys.argv[1],int(sys.argv[2]))),server_hostname=sys.argv[3])
        s.sendall(sys.stdin.buffer.read())
        while True:
            b=s.recv(65536)
            if not b: break
            sys.stdout.buffer.write(b)'
        talk() {
            local endpoint=$2:$3
            case $2 in *:*) endpoint=[$2]:$3 ;; esac
            if [ "$1" = plain ]; then
                printf '%s\r\n' "${@:7}" >&3 && head -c 262144 <&3
            elif command -v openssl >/dev/null; then
                printf '%s\r\n' "${@:7}" | openssl s_client -quiet -connect "$endpoint" -servername "$4" | head -c 262144
            else
                printf '%s\r\n' "${@:7}" | python3 -c "$python" "$2" "$3" "$4" | head -c 262144
            fi
        }
        ask() {
            head=missing body=missing start= reply= top=
            if [ "$1" = plain ]; then
                exec 3<>"/dev/tcp/$2/$3" || { state=refused; return; }
            elif ! command -v openssl >/dev/null && ! command -v python3 >/dev/null; then
                state=toolless
                return
            fi
            # The shell leaves zeros out; the dot keeps line ends.
            reply=$(talk "$@"; printf .)
            reply=${reply%.}
            if [ -z "$reply" ]; then
                state=silent
                [ "$1" = plain ] || exec 3<>"/dev/tcp/$2/$3" || state=refused
                return
            fi
            start=${reply:0:300}
            if ! [[ $reply =~ ^HTTP/[0-9.]+\ ([0-9][0-9][0-9]) ]]; then state=alien; return; fi
            state=${BASH_REMATCH[1]}
            top=${reply%%$'\r\n\r\n'*}
            reply=${reply#"$top"}
            reply=${reply#$'\r\n\r\n'}
            start=${reply:0:300}
            [[ -z $5 || $top$'\r\n' == *$'\r\n'"$5"$'\r\n'* ]] && head=ok
            [[ -z $6 || $reply == *"$6"* ]] && body=ok
        }

        """;

    /// <summary>
    /// Asks all at once; <see cref="PageAnswer.ReadAll"/> takes the answers: a line <c>INDEX STATE HEAD BODY BASE64</c> each, in any order.
    /// </summary>
    public static string Probe(IReadOnlyList<PageRequest> requests)
    {
        var script = Head(Ask);
        script.Append("answer() { local index=$1; shift; ask \"$@\"; echo \"$index $state $head $body $(printf %s \"$start\" | base64 -w0)\"; }\n");
        for (var i = 0; i < requests.Count; i++)
            script.Append(CultureInfo.InvariantCulture, $"answer {i} {Shell.Join(requests[i].Words())} &\n");
        return script.Append("wait\n").Append(End).Append('\n').ToString();
    }

    /// <summary>Exit 0 as soon as there is an answer, whatever it is. The connection waits for a server that still loads its code.</summary>
    public static string Answers(PageRequest request) =>
        Head(Ask).Append(CultureInfo.InvariantCulture, $"ask {Shell.Join(request.Words())}\ncase $state in refused|silent) exit 1 ;; esac\n").Append(End)
            .Append("\n[ $? = 0 ] || { echo ").Append(Shell.Quote($"{request.Target.Endpoint} does not answer")).Append("; false; }\n").ToString();

    /// <summary>Exit 0 when the answer is as wanted; else one printable line that says what it was.</summary>
    public static string Proof(PageRequest request)
    {
        if (Proofs.TryGetValue(request, out var known))
            return known;
        // Of what is asked no more, at some time.
        if (Proofs.Count >= MostProofs)
            Proofs.Clear();
        return Proofs[request] = ProofOf(request);
    }

    // A plan asks the same of each server of a fleet, several times over.
    private static readonly ConcurrentDictionary<PageRequest, string> Proofs = new();

    private const int MostProofs = 1000;

    private static string ProofOf(PageRequest request)
    {
        var where = request.Where.Length > 0 ? $" {request.Where}" : "";
        var asked = request.Where.Length > 0 ? $" ({request.Where})" : "";
        var lacking = $"{request.Path} answered {request.Status}{where}, but without {request.Lacking}";
        var wanted = new StringBuilder();
        wanted.Append(CultureInfo.InvariantCulture, $"good=0\nwhile ask {Shell.Join(request.Words())}; [ \"$state $head $body\" = '{request.Status} ok ok' ]; do\n")
            .Append(CultureInfo.InvariantCulture, $"good=$((good + 1))\n[ $good -lt {request.Times} ] && [ $SECONDS -lt 3 ] || exit 0\ndone\n")
            .Append(request.OnlyHtml ? CannotTell : "")
            .Append(Visible).Append("case $state in\n")
            .Append($"refused) why={Shell.Quote($"nothing listens on {request.Target.Endpoint}{asked}")} ;;\n")
            .Append($"silent) why={Shell.Quote($"{request.Target.Endpoint} gave no answer{asked}")} ;;\n")
            .Append("toolless) why='neither openssl nor python3 is there to ask over TLS' ;;\n")
            .Append($"alien) why={Shell.Quote($"{request.Target.Endpoint} does not speak HTTP{asked}")}\": $start\" ;;\n")
            .Append(CultureInfo.InvariantCulture, $"{request.Status}) why={Shell.Quote(lacking)}\": $start\" ;;\n")
            .Append($"*) why={Shell.Quote($"{request.Path} answered ")}$state{Shell.Quote($"{where}, expected {request.Status}")}\": $start\" ;;\n")
            // It is up, and is not well: waiting longer would only find a moment at which it is.
            .Append("esac\n[ $good = 0 ] || { echo \"$why (asked $((good + 1)) times, and the first $good it was right)\"; exit 99; }\necho \"$why\"\nexit 1\n");
        return Head(Ask + wanted).Append(End).Append("\ncase $? in 0) ;; 124) echo ")
            .Append(Shell.Quote($"{request.Path} did not answer within {Limit} s{where}")).Append("; false ;; 99) (exit 99) ;; *) false ;; esac\n").ToString();
    }

    // What is longer than what was read may hold it beyond.
    private const string CannotTell = """
        [ "$state" = 200 ] && [[ ${top,,} == *$'\r\n'content-type:\ text/html* ]] && [ ${#reply} -lt 250000 ] || exit 0

        """;

    // What a person would read of the page, rather than its markup: of an error page of Django's without DEBUG, that is its heading.
    private const string Visible = """
        start=$(printf %s "${reply:0:65536}" | tr -s '[:space:][:cntrl:]' ' ' \
            | sed -E 's/<!--[^>]*-->/ /g; s/<(style|script)[^>]*>[^<]*<\/(style|script)>/ /gI; s/<[^>]*>?/ /g; s/ +/ /g; s/^ //; s/ $//')
        start=${start:0:200}
        start=${start//[^[:print:]]/ }

        """;

    private const string End = "END_OF_QUESTIONS";

    private static StringBuilder Head(string script) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"LC_ALL=C timeout -k 1 {Limit} bash -s 2>/dev/null <<'{End}'\n").Append(script);
}
