"""What is tried: mutations of real content, YAML and Markdown made from a grammar, queries, and files of every kind that `import` takes."""

from __future__ import annotations

import dataclasses
import datetime
import io
import json
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from dafu.letter import FrontMatter
from dafu.reading import SETTINGS_SHAPES
from dafu.records import Record, RecordOf, iter_keys
from dafu.reference import PageHead, Thread
from dafu.shapes import Address, Choice, Day, Flag, ListOf, MapOf, Number, Shape, Text

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"

HOSTILE = (
    "<script>alert(1)</script>", "</script>", "<!--", "-->", "]]>", "<![CDATA[", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onfocus='alert(1)", "<?x", "<!x", "<iframe src=x ",
    "javascript:alert(1)", "JaVaScRiPt\t:x", "java&#10;script:x", "&#106;avascript:x", "data:text/html,x", "vbscript:x", "\\", "\\<b>", "\\\\<b>", "{{ 7 * 7 }}", "{% x %}", "{0}", "{quote}", "%s", "${x}",
    "=HYPERLINK(1)", "+1", "-1", "@x", "＝1", "＋1", "－1", "＠1", "\u202e", "\u200b", "&#8238;", "&#x200b;", "&ZeroWidthSpace;", "\x1b[31m", "\x07", "\x00", "\ud800", "\ufffe", "\u2028", "\u2029", "\x85",
    "!!python/object:x", "&a", "*a", "<<", "? x", "- ", ": ", "#", "---", "...", "|", ">", "%TAG", "../../x", "//e.org", "}}", "@online{", "\nER  - ", "[a](", "](", "[a]: ", "![a](", "`", "```", "~~~", "    ",
    "**", "__", "* ", "1. ", "# ", "## ", "====", "| a | b |\n|---|---|", "\t", "\r", "\u3000", "［已隐去］", "（联系人：", "《", "》", "〔2018〕28号", "第9001号", "2020年5月6日", "年底", "9999-12-31", "0", "-0", "1e400", "一、", "（一）",
)

CHARS = st.text(st.characters(exclude_categories=()), max_size=6)
WORDS = st.text("种树九棵甲乙丙丁我局将于年月日，。、：；一二三", max_size=12)
TOKEN = st.one_of(st.sampled_from(HOSTILE), WORDS, CHARS)
SOUP = st.lists(st.one_of(TOKEN, TOKEN, st.sampled_from(["\n", "\n\n", " ", "  \n"])), max_size=12).map("".join)


def mutate(texts: Sequence[str]) -> SearchStrategy[str]:
    """One of some texts, cut and stuffed in a few places."""
    edit = st.tuples(st.sampled_from("iiirdcw"), st.integers(0, 2**20), st.integers(0, 60), TOKEN)
    return st.builds(_edit_all, st.sampled_from(texts), st.lists(edit, min_size=1, max_size=5))


def _edit_all(text: str, edits: Sequence[tuple[str, int, int, str]]) -> str:
    for edit in edits:
        text = _edit(text, *edit)
    return text


def _edit(text: str, kind: str, place: int, length: int, token: str) -> str:
    """A text with a token put in or in the place of others, a stretch doubled or dropped, or a line set before others."""
    at = place % (len(text) + 1)
    end = min(at + length, len(text))
    if kind == "w":
        lines = text.split("\n")
        moved = lines.pop(place % len(lines))
        return "\n".join([*lines[: length % (len(lines) + 1)], moved, *lines[length % (len(lines) + 1) :]])
    middle = {"i": token + text[at:end], "r": token, "d": "", "c": text[at:end] * 2}[kind]
    return text[:at] + middle + text[end:]


def mutate_bytes(files: Sequence[tuple[str, bytes]]) -> SearchStrategy[tuple[str, bytes]]:
    """One of some named files with bytes changed in it."""
    edit = st.tuples(st.integers(0, 2**24), st.integers(0, 40), st.one_of(st.binary(max_size=8), TOKEN.map(lambda token: token.encode("utf-8", "surrogatepass"))))
    return st.builds(lambda file, edits: (file[0], _edit_bytes(file[1], edits)), st.sampled_from(files), st.lists(edit, min_size=1, max_size=6))


def _edit_bytes(data: bytes, edits: Sequence[tuple[int, int, bytes]]) -> bytes:
    for place, length, token in edits:
        at = place % (len(data) + 1)
        data = data[:at] + token + data[at + length :]
    return data


def read_texts(*patterns: str) -> list[str]:
    """The texts of content of ours, the shortest first."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return sorted((path.read_text("utf-8") for path in paths), key=len)


@cache
def list_letters() -> list[str]:
    """Letters, the short ones several times: they are read the fastest."""
    return read_texts("tests/mini/letters/*/*.md") * 6 + read_texts("content/letters/*/*.md")


# ── from the shapes that the program itself declares


def make_values(shape: Shape) -> SearchStrategy[Any]:
    """Values for a shape, fitting ones and hostile ones."""
    match shape:
        case RecordOf(cls=cls):
            return st.deferred(lambda: make_record(cls))
        case ListOf(item=item):
            return st.lists(make_values(item), max_size=3)
        case MapOf(names=names, values=values):
            return st.dictionaries(make_values(names).map(str), make_values(values), max_size=2)
        case Choice(options=options):
            return st.one_of(st.sampled_from(options), st.sampled_from(options), TOKEN)
        case Flag():
            return st.sampled_from([True, False, False, "yes", "\x1b"])
        case Number():
            return st.one_of(st.integers(-3, 20), st.sampled_from([1.5, -0.0, 10**15, 10**16, "九", 1e300]))
        case Day():
            return st.one_of(st.dates(datetime.date(2015, 1, 1), datetime.date(2022, 1, 1)).map(str), st.sampled_from(["2020-05-06", "9999-12-31", "2020-02-30", "\x1b"]))
        case Address():
            return st.one_of(st.just("https://example.org/a/"), TOKEN.map("https://example.org/{}".format), TOKEN)
        case Text(pattern=pattern) if pattern is not None:
            return st.one_of(st.from_regex(pattern, fullmatch=True), st.sampled_from(["trees", "a", "c1", "p1", "9001"]), TOKEN)
    return st.one_of(st.sampled_from(PHRASES), st.sampled_from(PHRASES), SOUP)


PHRASES = ("种树九棵", "我局将种树九棵", "某某局", "甲乙丙", "年底", "甲园", "《甲办法》", "棵", "一、种树", "https://example.org/a.pdf", "11 + 54 = 65")
BODY = "尊敬的甲乙丙委员：\n\n## 一、种树\n\n我局将种树九棵，年底完成。甲园。《甲办法》\n\n| 树 | 棵 |\n|---|---|\n| 榕 | 9 |\n\n某某局\n"


def make_record(cls: type[Record], **fixed: Any) -> SearchStrategy[dict[str, Any]]:
    """The keys of a record: those that are required nearly always, others now and then."""
    shapes = {name: make_values(known.metadata["shape"]) for name, known in iter_keys(cls).items() if name not in fixed}
    keys = iter_keys(cls)
    required = {name: values for name, values in shapes.items() if keys[name].default is dataclasses.MISSING}
    optional = {name: values for name, values in shapes.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: values | fixed)


def dump(value: Any) -> str:
    """A value as YAML: JSON, which is YAML too, with characters as they are."""
    return json.dumps(value, ensure_ascii=False)


def dump_head(values: dict[str, Any], body: str) -> str:
    """A file with front matter."""
    return "---\n" + "".join(f"{name}: {dump(value)}\n" for name, value in values.items()) + f"---\n\n{body}"


def make_letters() -> SearchStrategy[str]:
    """Letters made from the front matter's own declaration, over words of which many quotes are part."""
    plain = {"number": "9001", "title": "关于多种树的建议", "kind": "proposal", "respondent": "某某局", "date": "2020-05-06", "draft": False, "withdrawn": None}
    body = st.one_of(st.just(BODY), SOUP.map(lambda soup: BODY + soup))
    return st.builds(dump_head, st.one_of(make_record(FrontMatter, **plain), make_record(FrontMatter)), body)


def make_settings() -> SearchStrategy[tuple[str, str]]:
    """Settings files by their name, threads and pages."""
    made = [make_values(shape).map(lambda value, name=name: (name, dump(value))) for name, shape in SETTINGS_SHAPES.items()]
    heads = [st.builds(lambda head, body, name=name: (name, dump_head(head, body)), make_record(cls), SOUP) for name, cls in (("thread", Thread), ("page", PageHead))]
    kept = [mutate(read_texts(f"tests/mini/{name}.yml", f"content/{name}.yml")).map(lambda text, name=name: (name, text)) for name in SETTINGS_SHAPES]
    kept += [mutate(read_texts(f"tests/mini/{name}s/*.md", f"content/{name}s/*.md")).map(lambda text, name=name: (name, text)) for name in ("thread", "page")]
    return st.one_of(*made, *heads, *kept)


def make_yaml() -> SearchStrategy[str]:
    """YAML that means nothing: flow and block, nested, with everything that its grammar knows."""
    scalar = st.one_of(TOKEN, TOKEN.map('"{}"'.format), TOKEN.map("'{}'".format), TOKEN.map("|\n  {}\n".format), TOKEN.map(dump))
    node = st.recursive(scalar, lambda inner: st.one_of(st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"), st.lists(st.tuples(inner, inner), max_size=3).map(lambda pairs: "{" + ", ".join(f"{a}: {b}" for a, b in pairs) + "}")), max_leaves=8)
    return st.lists(st.tuples(st.sampled_from(["", "  ", "- ", "? ", "\t", "&a ", "!x "]), TOKEN, st.sampled_from([": ", ":", " ", "\n"]), node), max_size=6).map(lambda rows: "\n".join("".join(row) for row in rows))


def make_markdown() -> SearchStrategy[str]:
    """Bodies: soup, links of every form, and letters' own words with soup in them."""
    scheme = st.one_of(st.sampled_from(["javascript:", "JAVASCRIPT:", "data:", "vbscript:", "https://e.org/", "mailto:a@e.org", "/", "//e.org", "../", "#p1", "?a", "intent:", "tel:", "file:///"]), TOKEN)
    dirt = st.sampled_from(["", "\\", "&colon;", "&#9;", "\t", "\n", " ", "\x01", "<", ">", "\u200b", "%00", "&Tab;", "&NewLine;"])
    address = st.builds(lambda head, bad, tail: head[: len(head) // 2] + bad + head[len(head) // 2 :] + tail, scheme, dirt, TOKEN)
    link = st.builds(str.format, st.sampled_from(["[{0}]({1})", "![{0}]({1})", "[{0}](<{1}>)", "<{1}>", "[{0}][x]\n\n[x]: {1}", "[{0}]({1} \"{0}\")", "{1}", "[x]:\n{1}"]), TOKEN, address)
    bodies = [text.split("\n---\n", 1)[-1] for text in read_texts("tests/mini/letters/*/*.md")]
    return st.one_of(SOUP, st.lists(st.one_of(SOUP, link), max_size=5).map("\n\n".join), mutate(bodies))


def make_queries() -> SearchStrategy[str]:
    """What may be typed into the search."""
    piece = st.one_of(st.sampled_from(["(", ")", '"', "-", " ", " OR ", "year:", "title:", "topic：", "number:", "2018", "..", ":", "种树", "公园", "\u3000", "commitment:", "\ufeff", "İ", "ﬀ", "創", "𠮷", "e\u0301"]), TOKEN)
    return st.lists(piece, max_size=14).map("".join)


# ── raw files


def make_raw_files() -> SearchStrategy[tuple[str, bytes]]:
    """Texts and pages, as bytes of several encodings."""
    paths = [path for folder in ("cases/intake", "raw") for path in sorted((TESTS / folder).iterdir()) if path.suffix in (".txt", ".md", ".html")]
    small = [path for path in paths if path.stat().st_size < 6000]
    texts = st.sampled_from(small).flatmap(lambda path: st.tuples(st.just(path.name), mutate([path.read_text("utf-8")])))
    encoded = st.builds(lambda file, encoding: (file[0], file[1].encode(encoding, "replace")), texts, st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"]))
    named = st.builds(lambda name, file: (f"{name}{Path(file[0]).suffix}", file[1]), TOKEN.filter(lambda name: "/" not in name and "\0" not in name), encoded)
    return st.one_of(encoded, named, mutate_bytes([(path.name, path.read_bytes()) for path in paths]))


@cache
def make_word() -> bytes:
    """A small Word file."""
    import docx

    document, data = docx.Document(), io.BytesIO()
    for line in ("关于县政协第9001号提案的答复", "甲乙丙委员：", "您提出的《关于多种树的提案》收悉，现答复如下：", "我局已种树九棵。下一步，将再种树八棵。", "某某县林业局", "2020年5月6日"):
        document.add_paragraph(line, style="List Number" if "下一步" in line else None)
    document.add_table(2, 2).cell(0, 0).text = "树"
    document.save(data)
    return data.getvalue()


def make_word_files() -> SearchStrategy[tuple[str, bytes]]:
    """Word files with their XML changed, and some with their zip changed."""
    parts = {name: zipfile.ZipFile(io.BytesIO(make_word())).read(name) for name in ("word/document.xml", "word/numbering.xml", "word/styles.xml", "[Content_Types].xml", "word/_rels/document.xml.rels")}
    changed = st.one_of(*[mutate([data.decode()]).map(lambda text, name=name: ("a.docx", _put(name, text))) for name, data in parts.items()])
    return st.one_of(changed, mutate_bytes([("a.docx", make_word())]))


def _put(name: str, text: str) -> bytes:
    """The Word file with another text in one of its parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make_word())) as source, zipfile.ZipFile(data, "w") as target:
        for part in source.namelist():
            if part == name or part.startswith(("word/", "[", "_rels")) and "theme" not in part:
                target.writestr(part, text.encode("utf-8", "replace") if part == name else source.read(part))
    return data.getvalue()


def make_pdf(lines: Sequence[str] = ("Reply", "No. 9001", "2020-05-06")) -> bytes:
    """A small PDF with a text layer."""
    stream = "BT /F1 12 Tf 50 800 Td 14 TL\n" + "".join(f"({line}) Tj T*\n" for line in lines) + "ET"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    text, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return f"{text}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(text)}\n%%EOF".encode()


def make_pdf_files() -> SearchStrategy[tuple[str, bytes]]:
    """PDFs with bytes changed."""
    return mutate_bytes([("a.pdf", make_pdf()), ("locked.pdf", (TESTS / "cases" / "files" / "locked.pdf").read_bytes())])
