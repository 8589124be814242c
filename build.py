#!/usr/bin/env python3
"""The door: `python build.py [build|check|serve]`; `--help` says more."""

import sys

from dafu.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
