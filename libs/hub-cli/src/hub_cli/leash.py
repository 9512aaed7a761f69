"""Becomes a server that cannot outlive who started it, and that does not run as root.

Run as `python -I -S leash.py <parent pid> <signal> <user> <command…>`: the kernel sends `signal` when
the starting thread ends (`PR_SET_PDEATHSIG`); `user` is `same`, `namespace` (root outside, `nobody`
inside: files stay root's) or `<uid>:<gid>`. A process of its own, because code between fork and exec
is not safe in a program with threads. The standard library only: it is imported without site-packages.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def enter_namespace() -> None:
    """Leave root for a user namespace; `OSError` where the kernel or the container forbids it."""
    uid, gid = os.getuid(), os.getgid()
    if _libc().unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


def end_with_parent(parent: int, number: int) -> None:
    """Have the kernel send signal `number` to this process when the thread that started it ends."""
    _libc().prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it ended before the call
        sys.exit(f"process {parent} is gone")


def call_oneself(name: str) -> None:
    """Be called that (its first 15 bytes) in `top` and `ps`."""
    _libc().prctl(_PR_SET_NAME, name.encode())


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _main(parent: str, number: str, user: str, *command: str) -> None:
    if user == "namespace":
        enter_namespace()
    elif user != "same":
        uid, gid = map(int, user.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    end_with_parent(int(parent), int(number))  # after the change of user, which would undo it
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execv(command[0], command)


if __name__ == "__main__":
    _main(*sys.argv[1:])
