#!/usr/bin/env python3
"""Makes the layers of t/unit/layer/tarsum.c again and prints the table of their sums.

    ./layers.py > sums        # writes layers/*

The sums are computed as docker-registry's lib/checksums.py does (and for v1 as docker's
pkg/tarsum), by Python's own reader of tar: nothing of berth takes part.
"""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import subprocess
import tarfile
import tempfile
import zlib

JSON = b'{"id": "00000000000000a1", "comment": "\xc3\xa4"}'
TIME = 1400000000
FIELDS = ("name", "mode", "uid", "gid", "size", "mtime", "type", "linkname", "uname",
          "gname", "devmajor", "devminor")


# ---- sums ----

def xattrs(member):
    prefix = "SCHILY.xattr."
    found = {k[len(prefix):]: v for k, v in member.pax_headers.items() if k.startswith(prefix)}
    return "".join(k + found[k] for k in sorted(found))


def header(member, v1):
    text = ""
    for field in FIELDS:
        value = getattr(member, field)
        if field == "mtime":
            if v1:
                continue
            value = int(value)
        elif field == "type":
            field, value = "typeflag", value.decode("latin-1")
        elif field == "name" and member.isdir() and not value.endswith("/"):
            value += "/"
        text += field + str(value)
    return (text + (xattrs(member) if v1 else "")).encode("utf-8", "surrogateescape")


def key(name):
    return (name[2:] if name.startswith("./") else name).rstrip("/")


def tarsum(data, v1, last_only):
    sums, places = [], {}
    if data:
        for member in tarfile.open(fileobj=io.BytesIO(data), mode="r:*"):
            h = hashlib.sha256(header(member, v1))
            if member.isreg() and member.size > 0:
                h.update(tarfile.open(fileobj=io.BytesIO(data)).extractfile(member).read())
            if last_only and key(member.name) in places:
                sums[places[key(member.name)]] = None
            places[key(member.name)] = len(sums)
            sums.append(h.hexdigest())
    whole = hashlib.sha256(JSON)
    for s in sorted(s for s in sums if s):
        whole.update(s.encode())
    return whole.hexdigest()


# ---- layers ----

def member(name, kind=tarfile.REGTYPE, size=0, **more):
    m = tarfile.TarInfo(name)
    m.type, m.size, m.mtime = kind, size, TIME + len(name)
    m.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
    for k, v in more.items():
        setattr(m, k, v)
    return m


def archive(members, fmt, end=True):
    out = io.BytesIO()
    for m in members:
        out.write(m.tobuf(fmt, "utf-8", "surrogateescape"))
        if m.isreg():
            content = (m.name.encode("utf-8", "surrogateescape") * (m.size + 1))[:m.size]
            out.write(content + bytes(-m.size % 512))
    return out.getvalue() + (bytes(1024) if end else b"")


def plain():
    return [
        member("./", tarfile.DIRTYPE),
        member("./bin/", tarfile.DIRTYPE, uname="root", gname="wheel"),
        member("./bin/sh", size=5000, mode=0o4755, uid=7, gid=8, uname="root"),
        member("./bin/bash", tarfile.LNKTYPE, linkname="./bin/sh"),
        member("./bin/ash", tarfile.SYMTYPE, linkname="sh", mode=0o777),
        member("./dev/sda", tarfile.BLKTYPE, devmajor=8, devminor=1),
        member("./dev/null", tarfile.CHRTYPE, devmajor=1, devminor=3, mode=0o666),
        member("./run/pipe", tarfile.FIFOTYPE),
        member("./etc/empty"),
        member("./etc/block", size=512),
        member("./.wh.gone"),
    ]


def pax():
    return [
        member("d" * 120 + "/" + "f" * 160, size=700, pax_headers={"mtime": str(TIME) + ".25"}),
        member("short", tarfile.SYMTYPE, linkname="l" * 180),
        member("hard", tarfile.LNKTYPE, linkname="d" * 120 + "/" + "f" * 160),
        member("gr\u00fc\u00dfe/\u5bff\u53f8", size=3, uname="j\u00f6rg", gname="\u9bd6"),
        member("rich", size=9, uid=3000000, gid=4000000000),
        member("old", size=1, mtime=-86400),
        member("ping", size=4, pax_headers={
            "SCHILY.xattr.user.b": "two", "SCHILY.xattr.user.a": "1", "comment": "none"}),
    ]


def gnu():
    return [
        member("n" * 101, size=1),
        member("dir/" * 60, tarfile.DIRTYPE),
        member("link", tarfile.SYMTYPE, linkname="t" * 300),
        member("m" * 255 + "/x", tarfile.LNKTYPE, linkname="n" * 101),
        member("uid", size=2, uid=3000000, gid=2 ** 40),
        member("past", size=2, mtime=-1),
    ]


def v7(data):
    """The headers of 1979: no magic, no owners' names, a type of NUL."""
    data = bytearray(data)
    data[156] = 0
    data[257:345] = bytes(88)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


def sparse():
    with tempfile.TemporaryDirectory() as d:
        with open(d + "/holes", "wb") as f:
            for i in range(30):         # more parts than fit into the header and one block
                f.seek(i * 65536)
                f.write(b"part %d" % i)
            f.truncate(3000000)
        with open(d + "/behind", "wb") as f:
            f.write(b"the next one\n")
        with open(d + "/hole", "wb") as f:
            f.truncate(100000)
        return subprocess.run(
            ["tar", "--format=gnu", "--sparse", "--mtime=@%d" % TIME, "--owner=jo:7",
             "--group=jo:7", "--mode=0644", "-C", d, "-cf", "-", "holes", "behind", "hole"],
            check=True, stdout=subprocess.PIPE).stdout


def flushed(members):
    """As docker sends it: the stream flushed at each entry, no blocks at the end."""
    z = zlib.compressobj(6, zlib.DEFLATED, 31)
    out = b""
    for m in members:
        out += z.compress(archive([m], tarfile.USTAR_FORMAT, end=False)) + z.flush(zlib.Z_SYNC_FLUSH)
    return out + z.flush()


def zipped(data):
    return gzip.compress(data, mtime=0)


def layers():
    doubled = [member("./a", size=3), member("b", size=4), member("a", size=5),
               member("b/", tarfile.DIRTYPE), member("./b", size=6)]
    ustar, gnu_format, pax_format = tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT
    return {
        "empty.tar": b"",
        "end.tar.gz": zipped(bytes(1024)),
        "plain.tar.gz": zipped(archive(plain(), ustar)),
        "plain.tar.bz2": bz2.compress(archive(plain(), ustar)),
        "plain.tar.xz": lzma.compress(archive(plain(), ustar)),
        "members.tar.gz": b"".join(zipped(archive(plain(), ustar)[i:i + 1536]) for i in range(0, 12288, 1536)),
        "docker.tar.gz": flushed(plain()),
        "no-end.tar.xz": lzma.compress(archive(plain(), ustar, end=False)),
        "one-end.tar.gz": zipped(archive(plain(), ustar, end=False) + bytes(512)),
        "behind.tar.gz": zipped(archive(plain(), ustar) + b"behind the end" * 100),
        "prefix.tar.gz": zipped(archive([member("p" * 90 + "/" + "q" * 90, size=10)], ustar)),
        "v7.tar.gz": zipped(v7(archive([member("old", size=20)], ustar))),
        "pax.tar.xz": lzma.compress(archive(pax(), pax_format)),
        "gnu.tar.bz2": bz2.compress(archive(gnu(), gnu_format)),
        "sparse.tar.gz": zipped(sparse()),
        "doubled.tar.gz": zipped(archive(doubled, ustar)),
    }


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers"))
    for name, data in layers().items():
        with open(name, "wb") as f:
            f.write(data)
        sums = [tarsum(data, False, False), tarsum(data, True, False)]
        if tarsum(data, False, True) != sums[0]:
            sums += [tarsum(data, False, True), tarsum(data, True, True)]
        print('    {"%s", "%s"},' % (name, '", "'.join(sums)))


main()
