#!/usr/bin/env python3
"""A client that asks for one page ten times a second, as a user would see it, and says what it saw.

poll.py URL --host NAME --seconds N | --until FILE [--log FILE] [--rate 10] [--styles]

One line per run of equal answers goes to --log: second, answer, count. When it stops (after N seconds, or when FILE
exists) it prints one line of JSON: how many answers of each sort, and the seconds from the first to the last answer
that was not a page. Sorts are `page V` (200 with <meta name="version" content="V">), `cover` (503 with Retry-After),
and `other ...` for anything else (a bare 502, a refused connection, a 200 without a version). With --styles a page counts
only if the style sheet that it names is there as well, else it is `other style 404`.
"""
import argparse
import http.client
import json
import os
import re
import socket
import time
import urllib.parse

STYLE = re.compile(rb'<link rel="stylesheet" href="([^"]+)"')
VERSION = re.compile(rb'<meta name="version" content="([^"]+)"')


def ask(address, port, host, path, styles):
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host, "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read()
        found = VERSION.search(body)
        style = STYLE.search(body) if styles and answer.status == 200 else None
        if style:
            connection.close()
            connection.request("GET", style.group(1).decode(), headers={"Host": host, "Connection": "close"})
            sheet = connection.getresponse()
            if sheet.status != 200:
                return f"other style {sheet.status}"
            sheet.read()
        if answer.status == 200 and found:
            return "page " + found.group(1).decode("utf-8", "replace")
        if answer.status == 503 and answer.getheader("Retry-After"):
            return "cover"
        return f"other {answer.status}"
    except (OSError, http.client.HTTPException, socket.timeout) as fault:
        return f"other {type(fault).__name__}"
    finally:
        connection.close()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("url")
    options.add_argument("--host")
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--until")
    options.add_argument("--log")
    options.add_argument("--styles", action="store_true")
    options.add_argument("--rate", type=float, default=10)
    given = options.parse_args()
    url = urllib.parse.urlsplit(given.url)
    host = given.host or url.netloc
    began = time.monotonic()
    counts, runs = {}, []
    dark_from = dark_to = None
    tick = 0
    while time.monotonic() - began < given.seconds and not (given.until and os.path.exists(given.until)):
        tick += 1
        asked = time.monotonic()
        answer = ask(url.hostname, url.port or 80, host, url.path or "/", given.styles)
        counts[answer] = counts.get(answer, 0) + 1
        if not runs or runs[-1][1] != answer:
            runs.append([round(asked - began, 1), answer, 0])
        runs[-1][2] += 1
        if not answer.startswith("page "):
            dark_from = asked if dark_from is None else dark_from
            dark_to = time.monotonic()
        time.sleep(max(0, began + tick / given.rate - time.monotonic()))
    if given.log:
        with open(given.log, "w", encoding="utf-8") as log:
            for second, answer, count in runs:
                log.write(f"{second:8.1f} s  {answer}  x{count}\n")
    dark = 0 if dark_from is None else round(dark_to - dark_from, 2)
    print(json.dumps({"answers": counts, "downtime_seconds": dark}))


main()
