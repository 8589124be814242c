"""`check --external`: what is asked of other hosts, how often, and what is made of their answers. A real server on this machine gives them."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dafu.asking import Answer, Asker, Manners, encode_address, is_inner, read_pause
from dafu.memo import Memo
from dafu.outside import Finding, Kept, ask_outside, list_dead, list_remarks, summarize
from dafu.typed import Outside
from tests.peers import QUICK, Server, serve_many_names

AGENT = "Dafu/9 link check (+https://example.org/)"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serve_many_names(monkeypatch) as server:
        yield server


def ask(*addresses: str, kept: Kept | None = None, manners: Manners = QUICK) -> list[Finding]:
    outside = [Outside(address, (("a.md", number, 9),)) for number, address in enumerate(addresses, 1)]
    return ask_outside(outside, Asker(AGENT, manners), kept or Kept(Memo(None)))


def states(findings: list[Finding]) -> list[str]:
    return [finding.answer.state for finding in findings]


ANSWERS = {
    "there": ("good", "good", ["HEAD"]),
    "gone": ("404", "dead", ["HEAD", "GET"]),
    "gone for good": ("410", "dead", ["HEAD", "GET"]),
    "there but for HEAD": ("head", "good", ["HEAD", "GET"]),
    "forbidden": ("403", "unknown", ["HEAD", "GET"]),
    "wants a password": ("401", "unknown", ["HEAD"]),
    "broken": ("500", "unknown", ["HEAD", "GET"]),
    "closed for now": ("503", "unknown", ["HEAD"]),
    "asks for patience": ("429", "unknown", ["HEAD"]),
    "moved for good": ("301/good", "moved", ["HEAD"] * 2),
    "moved for good, method kept": ("308/good", "moved", ["HEAD"] * 2),
    "elsewhere today": ("302/good", "good", ["HEAD"] * 2),
    "moved to nothing": ("301/404", "dead", ["HEAD"] * 2 + ["GET"]),
    "moved without a place": ("301", "unknown", ["HEAD"]),
    "in a circle": ("302/302/302/302/302/302/302/302/302/good", "unknown", ["HEAD"] * 6),
    "says nothing": ("slow", "unknown", ["HEAD"]),
    "drop by drop": ("drip", "unknown", ["HEAD"]),
    "moved to what is no address": ("301/:%5B9/", "unknown", ["HEAD"]),
    "moved to another scheme": ("301/file:///etc/hosts", "unknown", ["HEAD"]),
    "hangs up": ("cut", "unknown", ["HEAD"]),
    "in Chinese": ("九?q=九&a=%20#九", "good", ["HEAD"]),
}


@pytest.mark.parametrize(("path", "state", "methods"), ANSWERS.values(), ids=ANSWERS)
def test_answer_is_understood(server: Server, path: str, state: str, methods: list[str]) -> None:
    assert states(ask(server.url(path))) == [state]
    assert [method for method, _ in server.asked] == methods
    assert server.agents == {AGENT}


def test_what_is_no_address_is_not_asked(server: Server) -> None:
    assert states(ask("http://example.test:99999/", "http://例.." + "子.test/", "http://a b/", "http://[9", server.url("good"))) == ["unknown"] * 4 + ["good"]
    assert len(server.asked) == 1


def test_where_it_moved_is_told_as_far_as_that_is_for_good(server: Server) -> None:
    answers = [finding.answer for finding in ask(server.url("301/302/good"), server.url("302/301/good"))]
    assert [(answer.state, answer.target) for answer in answers] == [("moved", server.url("302/good")), ("good", None)]


def test_name_that_does_not_exist_is_dead_where_others_answer(server: Server) -> None:
    assert states(ask("http://nine.invalid/1", "http://nine.invalid/2", server.url("good"))) == ["dead", "dead", "good"]


def test_without_a_network_nothing_is_known_and_nothing_kept(server: Server, tmp_path: Path) -> None:
    findings = ask("http://nine.invalid/", "http://ten.again/", "http://127.0.0.1:9/", kept=Kept(Memo(tmp_path)))
    assert states(findings) == ["unknown"] * 3
    assert list_dead(findings) == []
    assert states(ask("http://ten.again/", server.url("good"), kept=Kept(Memo(tmp_path)))) == ["unknown", "good"]


def test_dead_name_alone_is_weighed_against_what_answered_before(server: Server, tmp_path: Path) -> None:
    kept = Kept(Memo(tmp_path))
    ask(server.url("good"), kept=kept)
    assert states(ask("http://nine.invalid/", server.url("good"), kept=kept)) == ["dead", "good"]
    assert len(server.asked) == 2


def test_redirect_does_not_lead_into_the_own_network(server: Server) -> None:
    port = server.server_address[1]
    findings = ask(server.url(f"302/127.0.0.1:{port}/good", "nine.test"), server.url("good", "ten.test"))
    assert states(findings) == ["unknown", "good"]
    assert [path for _, path in server.asked if path == "/good"] == ["/good"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate")
@pytest.mark.parametrize(("is_trusted", "host", "state"), [(True, "good.test", "good"), (True, "other.test", "dead"), (False, "good.test", "unknown")])
def test_certificates(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_trusted: bool, host: str, state: str) -> None:
    files = {"-keyout": tmp_path / "key.pem", "-out": tmp_path / "cert.pem"}
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=good.test", "-addext", "subjectAltName=DNS:good.test"]
    subprocess.run([*command, *(str(part) for pair in files.items() for part in pair)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["-out"], files["-keyout"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(files["-out"]))
    assert states(ask(server.url("good", host).replace("http:", "https:"))) == [state]


# Manners


def test_host_is_asked_one_after_the_other_with_a_pause(server: Server) -> None:
    findings = ask(*(server.url(f"good/{number}") for number in range(5)), manners=Manners(pause_s=0.1))
    assert states(findings) == ["good"] * 5
    spans = sorted(server.times)
    assert server.most_open == 1
    assert all(later[0] - earlier[1] > 0.08 for earlier, later in zip(spans, spans[1:]))


def test_hosts_are_asked_side_by_side_but_only_a_few(server: Server) -> None:
    findings = ask(*(server.url("slow", f"h{number}.test") for number in range(6)), manners=Manners(hosts=3, pause_s=0))
    assert states(findings) == ["good"] * 6
    assert 3 <= server.most_open < 6  # the server hears a little later than the client that an answer is whole


def test_host_that_asks_for_patience_is_left_alone_until_then(server: Server, tmp_path: Path) -> None:
    now = 1_000_000.0
    kept = Kept(Memo(tmp_path), lambda: now)
    addresses = [server.url("429/7200"), *(server.url(f"good/{number}") for number in range(9))]
    assert states(ask(*addresses, kept=kept)) == ["unknown"] + ["unasked"] * 9
    now += 7100
    assert states(ask(*addresses, kept=kept)) == ["unasked"] * 10
    assert len(server.asked) == 1
    now += 200
    assert states(ask(*addresses[1:], kept=kept)) == ["good"] * 9


def test_host_that_is_silent_twice_is_left_alone(server: Server) -> None:
    assert states(ask(*(server.url(f"slow/{number}") for number in range(5)))) == ["unknown"] * 2 + ["unasked"] * 3
    assert len(server.asked) == 2


def test_time_for_all_is_bounded(server: Server) -> None:
    begin = time.monotonic()
    findings = ask(*(server.url(f"good/{number}") for number in range(50)), manners=Manners(pause_s=0.2, total_s=0.5))
    assert time.monotonic() - begin < 2
    assert set(states(findings)) == {"good", "unasked"} and len(server.asked) <= 4


def test_address_is_asked_once_whatever_its_fragment(server: Server) -> None:
    assert states(ask(server.url("good#a"), server.url("good#b"), server.url("good"))) == ["good"] * 3
    assert server.asked == [("HEAD", "/good")]


# What is kept


def test_second_run_asks_nothing(server: Server, tmp_path: Path) -> None:
    addresses = [server.url(path, f"h{number}.test") for number, path in enumerate(("good", "404", "301/good", "403", "500", "slow", "head", "429"))] + ["http://nine.invalid/"]
    first = ask(*addresses, kept=Kept(Memo(tmp_path)))
    asked = len(server.asked)
    second = ask(*addresses, kept=Kept(Memo(tmp_path)))
    assert len(server.asked) == asked == 13
    assert [state for state in states(second) if state != "unasked"] == states(first)[:7] + ["dead"]
    assert [finding.is_new for finding in second] == [False] * 9


@pytest.mark.parametrize(("path", "days"), [("good", 30), ("301/good", 30), ("404", 1), ("500", 1)])
def test_answers_age(server: Server, tmp_path: Path, path: str, days: int) -> None:
    counts = []
    for day in (0, days - 0.01, days + 0.01, -400):
        ask(server.url(path), kept=Kept(Memo(tmp_path), lambda: 1e9 + day * 86_400))
        counts.append(len(server.asked))
    assert counts == [counts[0], counts[0], counts[0] * 2, counts[0] * 3], "asked again when they are old, and when the clock was set back"


@pytest.mark.parametrize("damage", [b"", b"\0" * 99, b"{}", None])
def test_damaged_cache_is_as_good_as_none(server: Server, tmp_path: Path, damage: bytes | None) -> None:
    kept = Kept(Memo(tmp_path))
    ask(server.url("good"), kept=kept)
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.write_bytes(path.read_bytes()[:-3] if damage is None else damage)
    assert states(ask(server.url("good"), kept=kept)) == ["good"]
    assert len(server.asked) == 2


@pytest.mark.parametrize("told", [b"[]", b"9", b'{"at": "x", "lasts_s": 9, "answer": {}}', b'{"at": 1, "lasts_s": 9e9, "answer": {"state": "good", "other": 9}}', b"{"])
def test_cache_of_another_version_is_as_good_as_none(tmp_path: Path, told: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(Memo(tmp_path))
    monkeypatch.setattr(Memo, "read", lambda *_: told)
    assert kept.read("https://example.org/") is None


# Addresses and counts


ENCODED = {"https://例子.example/九?q=九#九": "https://xn--fsqu00a.example/%E4%B9%9D?q=%E4%B9%9D", "http://a:b@example.org:81/%20 ": "http://example.org:81/%20%20", "http://[::1]:9": "http://[::1]:9/"}


@pytest.mark.parametrize(("address", "encoded"), ENCODED.items())
def test_addresses_go_out_in_ascii_without_passwords(address: str, encoded: str) -> None:
    assert encode_address(address) == encoded


@pytest.mark.parametrize(("wait", "seconds"), [("120", 120), ("1", 60), ("9" * 50, 86_400), ("", 3600), ("soon", 3600), ("Fri, 31 Dec 1999 23:59:59 GMT", 60), ("-5", 3600)])
def test_how_long_a_host_wants_to_be_left_alone(wait: str, seconds: int) -> None:
    assert read_pause(wait) == seconds


@pytest.mark.parametrize(("address", "inner"), [("http://127.0.0.1/", True), ("http://10.0.0.9:81/", True), ("http://[::1]/", True), ("http://localhost/", True), ("http://printer/", True), ("https://example.org/", False), ("https://8.8.8.8/", False)])
def test_which_addresses_are_in_the_own_network(address: str, inner: bool) -> None:
    assert is_inner(address) is inner


def test_findings_are_counted() -> None:
    findings = [Finding(Outside("https://example.org/", ()), Answer(state=state), state == "dead") for state in ("good", "moved", "moved", "dead", "unknown", "unasked")]
    assert Counter(states(findings))["moved"] == 2 and list_remarks(findings) == []
    assert summarize(findings) == "6 outside addresses: 3 answer (2 from another place), 1 dead, 1 not answered, 1 not asked this time; 1 asked just now."
