#!/usr/bin/env python3
"""The door: `python build.py [build|check|serve|import|search|publish]`; `--help` says more."""

import os
import signal
import sys
from pathlib import Path

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # an interrupted import raises anything but an interrupt; a command hears for itself
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
sys.path.insert(0, str(Path(__file__).resolve().parent))
try:
    from dafu.cli import main
    from dafu.heap import leave
except ModuleNotFoundError as error:
    sys.exit(print(f"build.py: the package {error.name} isn't installed. Install what Dafu needs: pip install -e .", file=sys.stderr) or 2)

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
