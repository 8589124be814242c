"""Asking an address elsewhere whether it is still there, as a polite guest. The only room that opens connections to other machines; `check --external` alone uses it.

One request at a time goes to a host, with a pause after each. No body is read: HEAD, and GET only where HEAD gets no plain answer. A host that
asks for patience (429, or 503 with `Retry-After`) or that twice in a row says nothing is left alone for the rest of the run. Redirects are followed a few
steps, never from a public address into the machine's own network. A proxy that the environment names is used.
"""

from __future__ import annotations

import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from urllib.request import HTTPDefaultErrorHandler, HTTPErrorProcessor, HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from dafu.shapes import is_address

State = Literal["good", "moved", "dead", "unknown", "unasked"]

HOUR_S, DAY_S = 3600, 86_400
_PERMANENT, _REDIRECTS = (301, 308), (301, 302, 303, 307, 308)
_GONE = (404, 410)
_TRY_GET = (400, 403, 404, 405, 406, 410, 500, 501)
"""What hosts answer to HEAD that would answer otherwise to GET."""
_NO_NAME = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}
_OTHER_NAME = (62, 64)
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The bounds of a run."""

    timeout_s: float = 10
    longest_s: float = 20
    """Of a request as a whole: a host may answer drop by drop."""
    pause_s: float = 1
    hosts: int = 4
    """Asked side by side."""
    total_s: float = 600
    redirects: int = 5
    silences: int = 2
    """After so many requests in a row without an answer a host is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is known of an address."""

    state: State
    why: str = ""
    """What it answered, or why nothing is known: `404`, `no answer`."""
    target: str | None = None
    """Where it has moved for good."""
    is_kept: bool = True
    """Whether it may be believed for a while."""
    is_name: bool = False
    """Whether it is dead only because no such name was found, as without a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a request: a status, or the trouble."""

    status: int = 0
    location: str = ""
    answer: Answer | None = None
    """What is to be said, where that follows from the trouble alone."""
    holds_for_host: bool = False
    """Whether nothing on the host needs to be asked after this."""
    pause_s: int = 0
    """For how long the host wants to be left alone."""


@dataclass(slots=True)
class _Gate:
    """Lets one request at a time through to the machines of one name, whatever the scheme."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0


@dataclass(slots=True)
class _Host:
    silences: int = 0
    settled: Reply | None = None
    """What is said of all its addresses from now on."""


class Asker:
    """Asks addresses; may be used by several threads."""

    def __init__(self, agent: str, manners: Manners = Manners()) -> None:
        self.manners = manners
        self.agent = agent
        self.stopped = threading.Event()
        """Set when no time is left."""
        self.patience: dict[str, int] = {}
        """Hosts that want to be left alone, and for how many seconds."""
        self._gates: dict[str, _Gate] = {}
        self._hosts: dict[str, _Host] = {}
        self._opener = OpenerDirector()
        for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(context=ssl.create_default_context()), HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
            self._opener.add_handler(handler)

    def ask(self, address: str) -> Answer:
        """What an address answers, at the end of its redirects."""
        url, moved, is_moving = address, None, True
        for _ in range(self.manners.redirects + 1):
            reply = self._visit(url)
            if reply.answer or reply.status not in _REDIRECTS or not reply.location:
                return reply.answer or _judge(reply.status, moved)
            url = _join(url, reply.location)
            if not is_address(url) or (is_inner(url) and not is_inner(address)):
                return Answer(state="unknown", why=f"it leads to {url[:200]}, which was not asked")
            is_moving = is_moving and reply.status in _PERMANENT
            moved = url if is_moving else moved
        return Answer(state="unknown", why=f"more than {self.manners.redirects} redirects")

    def _visit(self, url: str) -> Reply:
        """A request, when it is its turn."""
        name = host_of(url)
        gate, host = self._gates.setdefault(name_of(url), _Gate()), self._hosts.setdefault(name, _Host())
        with gate.lock:
            for method in ("HEAD", "GET"):
                if host.settled:
                    return host.settled
                if self.stopped.wait(max(0.0, gate.free_at - time.monotonic())):
                    return Reply(answer=Answer(state="unasked", why="no time was left", is_kept=False))
                reply = self._request_within(url, method)
                gate.free_at = time.monotonic() + self.manners.pause_s
                self._learn(host, name, reply)
                if reply.answer or reply.status not in _TRY_GET:
                    break
        return reply

    def _learn(self, host: _Host, name: str, reply: Reply) -> None:
        """Draws conclusions for the host's other addresses: dead like this one, or not to be asked."""
        host.silences = 0 if reply.status else host.silences + 1
        if reply.pause_s:
            self.patience[name] = reply.pause_s
        if reply.answer and reply.answer.state == "dead" and reply.holds_for_host:
            host.settled = reply
        elif reply.answer and (reply.holds_for_host or host.silences >= self.manners.silences):
            host.settled = Reply(answer=Answer(state="unasked", why=reply.answer.why, is_kept=False))

    def _request_within(self, url: str, method: str) -> Reply:
        """A request in a thread of its own, which is left behind when it takes too long: names are looked up and headers dripped without a bound."""
        box: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        threading.Thread(target=lambda: box.put(self._request(url, method)), daemon=True).start()
        try:
            return box.get(timeout=self.manners.longest_s)
        except queue.Empty:
            return Reply(answer=Answer(state="unknown", why=f"no answer in {self.manners.longest_s:g} seconds"), holds_for_host=True)

    def _request(self, url: str, method: str) -> Reply:
        try:
            request = Request(encode_address(url), method=method, headers={"User-Agent": self.agent, "Accept": "*/*"})
            with self._opener.open(request, timeout=self.manners.timeout_s) as response:
                return Reply(status=response.status)
        except HTTPError as error:
            with error:
                return _read_refusal(error)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return _read_trouble(error.reason if isinstance(error, URLError) and isinstance(error.reason, Exception) else error)


def _read_refusal(error: HTTPError) -> Reply:
    """What an answer other than yes says."""
    wait = error.headers.get("Retry-After", "")
    if error.code == 429 or (error.code == 503 and wait):
        answer = Answer(state="unknown", why=f"the host asks for patience ({error.code})", is_kept=False)
        return Reply(status=error.code, answer=answer, holds_for_host=True, pause_s=read_pause(wait))
    location = error.headers.get("Location", "").encode("latin-1", "replace").decode("utf-8", "replace")
    return Reply(status=error.code, location=location)


def _read_trouble(error: Exception) -> Reply:
    """What it means that there was no answer."""
    if isinstance(error, socket.gaierror):
        is_name = error.errno in _NO_NAME
        why = "there is no host of that name" if is_name else "its name can't be looked up now"
        return Reply(answer=Answer(state="dead" if is_name else "unknown", why=why, is_kept=is_name, is_name=is_name), holds_for_host=is_name)
    if isinstance(error, ssl.SSLCertVerificationError):
        is_other = error.verify_code in _OTHER_NAME
        why = "its certificate is that of another name" if is_other else f"its certificate can't be verified: {error.verify_message}"
        return Reply(answer=Answer(state="dead" if is_other else "unknown", why=why), holds_for_host=True)
    if isinstance(error, TimeoutError):
        return Reply(answer=Answer(state="unknown", why="no answer in time"))
    is_network = isinstance(error, OSError) and not isinstance(error, ConnectionError)
    return Reply(answer=Answer(state="unknown", why=f"no answer: {(error.strerror if isinstance(error, OSError) else None) or type(error).__name__}", is_kept=not is_network))


def _join(url: str, location: str) -> str:
    """Where a redirect leads, or what it says where that is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _judge(status: int, moved: str | None) -> Answer:
    """What the status at the end of the redirects says of the address."""
    if 200 <= status < 300:
        return Answer(state="moved" if moved else "good", why=str(status), target=moved)
    return Answer(state="dead" if status in _GONE else "unknown", why=f"it answers {status}")


def read_pause(wait: str, now: datetime | None = None) -> int:
    """The seconds of a `Retry-After`, a number or a date: at least a minute, at most a day, an hour where it says nothing."""
    if wait.strip().isascii() and wait.strip().isdigit():
        return min(max(int(wait[:9]), 60), DAY_S)
    try:
        until = parsedate_to_datetime(wait)
        left = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, OverflowError):
        return HOUR_S
    return min(max(int(left), 60), DAY_S)


def host_of(address: str) -> str:
    """What is one host: `https://example.org:8443`."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def name_of(address: str) -> str:
    """The name of the machine."""
    return urlsplit(address).hostname or ""


def is_inner(address: str) -> bool:
    """Whether an address names this machine or its own network."""
    name = name_of(address).rstrip(".")
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".lan")) or "." not in name


def encode_address(address: str) -> str:
    """The address as it goes over the wire: in ASCII, without a fragment, without a name and password."""
    parts = urlsplit(address)
    name = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else f"[{parts.hostname}]"
    host = f"{name}:{parts.port}" if parts.port else name
    return urlunsplit((parts.scheme, host, quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"), quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|"), ""))
