"""wheelhouse.py PACKAGES OUTDIR: makes wheels (PEP 427) of the Debian packages that PACKAGES lists.

The same packages give the same bytes, so a commit that holds the wheels keeps its SHA from one machine to the next.
"""
import base64
import email
import email.policy
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# A release moves to the archive when its support ends. Plain HTTP is enough: the checksums are in PACKAGES.
MIRRORS = ["http://deb.debian.org/debian", "http://archive.debian.org/debian"]
DIST_PACKAGES = "./usr/lib/python3/dist-packages/"
READY_MADE = "./usr/share/python-wheels/"
# Requirements are written in PACKAGES, and extras are not offered.
DROPPED_HEADERS = {"metadata-version", "requires-dist", "provides-extra", "requires-python"}


def main(packages, outdir):
    entries = list(read_packages(Path(packages)))
    with ThreadPoolExecutor(4) as downloads:
        debs = list(downloads.map(lambda entry: download(entry[0], entry[1]), entries))
    for (_, _, requirements), deb in zip(entries, debs):
        make_wheel(deb_files(deb), requirements, Path(outdir))


def read_packages(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            sha256, pool_path, *requirements = line.split()
            yield sha256, pool_path, requirements


def download(sha256, pool_path):
    faults = []
    for url in [f"{mirror}/{pool_path}" for mirror in MIRRORS for _ in range(3)]:
        try:
            with urllib.request.urlopen(url, timeout=30) as response:
                content = response.read()
        except OSError as fault:
            faults.append(f"  {url}: {fault}")
            if not isinstance(fault, urllib.error.HTTPError):
                time.sleep(1)
            continue
        found = hashlib.sha256(content).hexdigest()
        if found == sha256:
            return content
        faults.append(f"  {url}: SHA256 is {found}, not {sha256}")
    sys.exit("wheelhouse: cannot get a Debian package:\n" + "\n".join(dict.fromkeys(faults)))


def deb_files(deb):
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", "/dev/stdin"], input=deb, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        # Symbolic links (the jQuery of Django's admin) lead to other packages; a wheel has none.
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def make_wheel(files, requirements, outdir):
    for name, content in files.items():
        if name.startswith(READY_MADE):
            (outdir / Path(name).name).write_bytes(content)
            return
    modules = {name[len(DIST_PACKAGES):]: content for name, content in files.items() if name.startswith(DIST_PACKAGES)}
    described = {name: modules.pop(name) for name in list(modules) if re.match(r"[^/]+\.(egg|dist)-info/", name)}
    described = {name.split("/", 1)[1]: content for name, content in described.items()}

    name, version, metadata = read_metadata(described.get("METADATA") or described["PKG-INFO"], requirements)
    binary = any(path.endswith(".so") for path in modules)
    tag = "cp311-cp311-linux_x86_64" if binary else "py3-none-any"
    stem = f"{re.sub('[-_.]+', '_', name)}-{version}"
    info = f"{stem}.dist-info"
    modules[f"{info}/METADATA"] = metadata
    modules[f"{info}/WHEEL"] = wheel_header(binary, tag)
    for kept in ("entry_points.txt", "top_level.txt"):
        if kept in described:
            modules[f"{info}/{kept}"] = described[kept]
    write_wheel(outdir / f"{stem}-{tag}.whl", modules, f"{info}/RECORD")


def read_metadata(text, requirements):
    """The headers that still hold, then the requirements: Debian's build moves them into its own Depends."""
    message = email.message_from_bytes(text)
    headers = [("Metadata-Version", "2.1")]
    headers += [(key, value) for key, value in message.items() if key.lower() not in DROPPED_HEADERS]
    if message["Requires-Python"]:
        headers.append(("Requires-Python", message["Requires-Python"].strip(" ,")))
    headers += [("Requires-Dist", requirement) for requirement in requirements]
    lines = [f"{key}: {value}" for key, value in headers]
    body = message.get_payload(decode=True).decode()
    return message["Name"], message["Version"], ("\n".join(lines) + "\n\n" + body).encode()


def wheel_header(binary, tag):
    root_is_pure = "false" if binary else "true"
    return f"Wheel-Version: 1.0\nGenerator: wheelhouse\nRoot-Is-Purelib: {root_is_pure}\nTag: {tag}\n".encode()


def write_wheel(path, files, record):
    rows = [f"{name},sha256={digest(content)},{len(content)}" for name, content in sorted(files.items())]
    files[record] = ("\n".join([*rows, f"{record},,"]) + "\n").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(2023, 6, 10, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            wheel.writestr(entry, content)


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    main(*sys.argv[1:])
