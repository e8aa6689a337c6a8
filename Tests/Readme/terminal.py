"""Runs the command that standard input gives on a terminal of its own, and types what it asks to be typed.

Prints what the terminal shows; ends with the command's exit code.
"""
import os
import pty
import re
import sys

command = sys.stdin.read()
child, terminal = pty.fork()
if child == 0:
    os.execvp("bash", ["bash", "--noprofile", "--norc", "-c", command])
shown, answered = b"", 0
while True:
    try:
        block = os.read(terminal, 4096)
    except OSError:
        # Linux says so when the last process on the terminal has ended.
        break
    if not block:
        break
    shown += block
    for asked in re.finditer(rb"Type (\S+) to go on: $", shown[answered:]):
        os.write(terminal, asked[1] + b"\n")
        answered = len(shown)
sys.stdout.write(shown.decode("utf-8", "replace").replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
