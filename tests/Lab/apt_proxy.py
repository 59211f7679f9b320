#!/usr/bin/python3
"""apt_proxy.py ADDRESS PORT FOLDER: the hosts' only way out, to Debian's mirror and nothing else.

Packages and indexes named by their hash never change, so they are fetched once and kept in FOLDER for all labs.
Everything else is asked for again after a while, and served from the copy when the mirror cannot be reached.
"""
import email.utils
import http.client
import http.server
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

MIRROR = "deb.debian.org"
ALLOWED = re.compile(r"/debian(-security)?/[A-Za-z0-9._~+:%/-]+")
FIXED = re.compile(r"\.u?deb$|/by-hash/")
FRESH_SECONDS = 300
TIMEOUT_SECONDS = 30


def seconds(date):
    parsed = email.utils.parsedate_tz(date or "")
    return email.utils.mktime_tz(parsed) if parsed else None


class Cache:
    def __init__(self, folder):
        self.folder = folder
        self.locks = {}
        self.locks_lock = threading.Lock()
        self.checked = {}

    def file(self, path):
        """The file that holds PATH; fetched if it is not there. Raises HTTPError or OSError."""
        file = os.path.join(self.folder, path.lstrip("/"))
        with self.locks_lock:
            lock = self.locks.setdefault(path, threading.Lock())
        with lock:
            if not self.is_fresh(path, file):
                self.fetch(path, file)
                self.checked[path] = time.monotonic()
        return file

    def is_fresh(self, path, file):
        if not os.path.exists(file):
            return False
        return bool(FIXED.search(path)) or time.monotonic() - self.checked.get(path, -FRESH_SECONDS) < FRESH_SECONDS

    def fetch(self, path, file):
        request = urllib.request.Request(f"http://{MIRROR}{path}", headers={"User-Agent": "reconciler-lab"})
        if os.path.exists(file):
            request.add_header("If-Modified-Since", email.utils.formatdate(os.path.getmtime(file), usegmt=True))
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                self.store(answer, file)
        except urllib.error.HTTPError as error:
            if error.code != 304 and (error.code < 500 or not os.path.exists(file)):
                raise
        except (OSError, http.client.HTTPException):
            if not os.path.exists(file):
                raise

    @staticmethod
    def store(answer, file):
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(file), prefix=".", delete=False) as copy:
            try:
                shutil.copyfileobj(answer, copy, 1 << 20)
                length = answer.headers.get("Content-Length")
                if length and copy.tell() != int(length):
                    raise OSError(f"{answer.url} was cut short")
                copy.flush()
                modified = seconds(answer.headers.get("Last-Modified"))
                if modified is not None:
                    os.utime(copy.name, (modified, modified))
                os.chmod(copy.name, 0o644)
                os.replace(copy.name, file)
            except BaseException:
                os.unlink(copy.name)
                raise


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120
    cache = None

    def do_GET(self):
        path = self.allowed_path()
        if path is None:
            return self.refuse(403, "only Debian's mirror is reachable from here")
        try:
            file = open(self.cache.file(path), "rb")
        except urllib.error.HTTPError as error:
            return self.refuse(error.code, error.reason)
        except (OSError, http.client.HTTPException) as error:
            return self.refuse(502, str(error))
        with file:
            self.send_file(file)

    do_HEAD = do_GET

    def allowed_path(self):
        url = urllib.parse.urlsplit(self.path)
        if url.scheme != "http" or url.netloc not in (MIRROR, MIRROR + ":80") or url.query:
            return None
        steps = urllib.parse.unquote(url.path).split("/")
        return url.path if ALLOWED.fullmatch(url.path) and not any(step.startswith(".") for step in steps) else None

    def send_file(self, file):
        about = os.fstat(file.fileno())
        since = seconds(self.headers.get("If-Modified-Since"))
        unchanged = since is not None and since >= int(about.st_mtime)
        self.send_response(304 if unchanged else 200)
        self.send_header("Last-Modified", email.utils.formatdate(about.st_mtime, usegmt=True))
        self.send_header("Content-Length", str(0 if unchanged else about.st_size))
        self.end_headers()
        if not unchanged and self.command == "GET":
            self.wfile.flush()
            self.connection.sendfile(file)

    def refuse(self, code, reason):
        body = f"{reason}\n".encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)
        self.close_connection = True

    def __getattr__(self, name):
        if name.startswith("do_"):
            return lambda: self.refuse(403, "only GET and HEAD")
        raise AttributeError(name)

    def log_message(self, format, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            print(f"{client_address[0]}: {error!r}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    Handler.cache = Cache(sys.argv[3])
    Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
