"""The workflow for GitHub Pages: its steps are the README's commands, and run one after another in a fresh clone they publish the branch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.making import ROOT, read_tree
from tests.publishing.peers import run_git

WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["publish"]["steps"]


def test_its_commands_are_the_readmes() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    build, publish = (step["run"] for step in STEPS if "run" in step)
    assert f"\n{build}\n" in readme
    assert publish.replace('"$TARGET"', "[TARGET]") in readme


def test_it_asks_for_no_more_than_to_write_its_branch() -> None:
    assert WORKFLOW["permissions"] == {"contents": "write"}
    assert [step["uses"] for step in STEPS if "uses" in step] == ["actions/checkout@v4", "actions/setup-python@v5"]


def test_its_steps_publish_a_fresh_clone(tmp_path: Path) -> None:
    with run_git(tmp_path) as peer:
        bare, clone = tmp_path / "remote.git", tmp_path / "clone"
        names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
        for name in filter(None, names):
            if not name.startswith("tests/") and (ROOT / name).is_file():
                (clone / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, clone / name)
        site = clone / "content/site.yml"
        site.write_text(re.sub(r"^publish:\n(  .*\n)*", "", site.read_text("utf-8"), flags=re.MULTILINE) + "\npublish: {github: {kind: git}}\n", "utf-8")
        for words in ("init -q -b main", "add .", "-c user.name=a -c user.email=a@example.org commit -qm Archive", f"remote add origin {bare}"):
            subprocess.run(["git", *words.split()], cwd=clone, check=True)
        for step in STEPS:
            if "run" in step:  # what these tests run in has been installed by the same command
                command = step["run"].replace("pip install -e . && ", "").replace("python ", f"{sys.executable} ")
                subprocess.run(["bash", "-ec", command], cwd=clone, check=True, env={**os.environ, "TARGET": "github"})
        built = read_tree(clone / "public")
        assert {path: data for path, data in peer.read().items() if path in built} == built
