"""The files that `import` reads, whole and damaged, and what it leaves on the disk."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import docx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from dafu.cli import main
from dafu.intake import trouble
from dafu.intake.convert import MAX_BYTES, convert
from dafu.intake.trouble import ConversionError
from tests.making import TESTS, make_letter, read_tree

Archive = Callable[..., Path]
LETTER = (
    "关于县政协九届一次会议第9001号提案的答复\n\n甲乙丙委员：\n您提出的《关于多种树的提案》收悉，现答复如下：\n我局已种树九棵，面积约3万²。下一步，将再种树八棵。\n"
    "特此答复。\n\n某某县林业局\n2020年5月6日\n联系人：陈九 电话：5550123\n"
)


def convert_refused(name: str, data: bytes) -> str:
    with pytest.raises(ConversionError) as caught:
        convert(name, data)
    return caught.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_encodings_are_recognised(encoding: str) -> None:
    text = LETTER.replace("²", "")
    assert convert("raw.txt", text.encode(encoding)) == text


def test_big5_is_recognised() -> None:
    text = "關於對縣政協九屆一次會議第9001號提案的答覆\n\n張九一委員：\n您提出的《關於多種樹的提案》收悉，現答覆如下：\n我局將種樹九棵，並加強管理維護工作。\n"
    assert convert("raw.txt", text.encode("big5")) == text


@pytest.mark.parametrize(
    "name, data, code",
    [
        ("a.txt", b"", "raw-empty"), ("a.txt", b" \n\t\n", "raw-empty"), ("a.txt", b"\x00\x01\x02\x03" * 300, "raw-binary"), ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "raw-binary"), ("a.txt", b"abc\xff\xfe\xff def \x81" * 9, "raw-encoding"), ("a.html", b"<!-- x", "raw-empty"), ("a.html", b"<meta charset=undefined>", "raw-empty"), ("a.txt", ("树" * 90_000 + "木") .encode() * 4, "raw-large"),
        ("a.txt", "树".encode() * (MAX_BYTES // 3 + 9), "raw-large"), ("a.docx", b"PK\x03\x04 and then nothing", "raw-damaged"), ("a.pdf", b"%PDF-1.7 and then nothing", "raw-damaged"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "raw-kind"), ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "raw-locked"),
        ("a.html", b"<html><body><script>1</script></body></html>", "raw-empty"), ("a.docx", b"not a Word file", "raw-damaged"), ("a.pdf", b"not a PDF", "raw-damaged"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, data: bytes, code: str) -> None:
    assert convert_refused(name, data) == code


def test_a_locked_pdf_says_so() -> None:
    assert convert_refused("a.pdf", (TESTS / "cases" / "files" / "locked.pdf").read_bytes()) == "raw-locked"


def test_a_pdf_of_pictures_names_programs_that_read_them() -> None:
    document, data = pypdfium2.PdfDocument.new(), io.BytesIO()
    document.new_page(595, 842)
    document.save(data)
    with pytest.raises(ConversionError, match="OCRmyPDF"):
        convert("a.pdf", data.getvalue())


@pytest.mark.parametrize("name, package", [("a.docx", "python-docx"), ("a.pdf", "pypdfium2"), ("a.html", "lxml")])
def test_a_missing_library_is_named_with_its_extra(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(module: str) -> None:
        raise ModuleNotFoundError(module)

    monkeypatch.setattr(trouble, "import_module", refuse)
    with pytest.raises(ConversionError, match=package) as caught:
        convert(name, b"<p>words</p>")
    assert ".[import]" in caught.value.mend


def make_word() -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "某某县林业局文件"
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for line in LETTER.split("\n"):
        document.add_paragraph(line)
    for words in ("已经做的", "将要做的"):
        paragraph = document.add_paragraph(words)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = 0, 77
    power = document.add_paragraph("面积9m")
    power.add_run("2").font.superscript = True
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "甲", "乙"
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def test_a_word_file_is_read_with_its_numerals_powers_tables_and_header() -> None:
    text = convert("a.docx", make_word())
    assert LETTER.strip() in text
    assert "一、已经做的\n二、将要做的\n面积9m²\n| 甲 | 乙 |" in text and text.startswith("某某县林业局文件\n")


def test_a_page_is_read_as_it_is_shown() -> None:
    page = "<html><head><title>页</title><style>p{}</style></head><body><script>alert('x')</script><p>甲<b>乙</b>丙&nbsp;丁</p><div>3万m<sup>2</sup><br>戊</div><!-- 己 --></body></html>"
    assert [line.strip() for line in convert("a.html", page.encode()).split("\n") if line.strip()] == ["甲乙丙\xa0丁", "3万m²", "戊"]


@pytest.fixture
def content(archive: Archive) -> Path:
    return archive({"letters/2019/9009.md": make_letter(number='"9009"', date="2019-01-02")})


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_import_writes_a_draft_that_blocks_nothing(content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = write(tmp_path, "raw.txt", LETTER)
    assert run("import", raw, "--content", content) == 0
    draft = (content / "letters" / "2020" / "9001.md").read_text("utf-8")
    assert "draft: true" in draft and "# commitments:" in draft and "（联系人：［已隐去］）" in draft and "陈九" not in draft and "5550123" not in draft
    shown = capsys.readouterr().out
    assert "陈九" in shown and "1 letter in 1 file; 1 draft written." in shown
    assert run("check", "--content", content, "--output", tmp_path / "out") == 0
    assert run("--content", content, "--output", tmp_path / "out") == 0
    assert "(1 draft left out)" in capsys.readouterr().out


def test_what_a_draft_leaves_open_is_shown_by_check_and_stops_no_build(content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = write(tmp_path, "raw.txt", "甲乙丙同志：\n您的来信收悉，现答复如下：\n我局已种树九棵，面积约3万。\n2020年5月6日\n")
    assert run("import", raw, "--content", content) == 0
    (path,) = (content / "letters" / "2020").glob("*.md")
    assert "title: null" in path.read_text("utf-8") and "respondent: null" in path.read_text("utf-8")
    capsys.readouterr()
    assert run("check", "--content", content, "--output", tmp_path / "out") == 1
    assert {line.rpartition("[")[2] for line in capsys.readouterr().err.splitlines()[:-1]} == {"draft-open]"}
    assert run("--content", content, "--output", tmp_path / "out") == 0


def test_import_never_writes_over_a_letter(content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = write(tmp_path, "raw.txt", LETTER)
    assert run("import", raw, "--content", content) == 0
    before = read_tree(content)
    assert run("import", raw, "--content", content) == 1
    assert read_tree(content) == before and "[draft-exists]" in capsys.readouterr().err


def test_letters_of_one_number_take_names_by_kind(content: Path, tmp_path: Path) -> None:
    one = write(tmp_path, "one.txt", LETTER)
    other = write(tmp_path, "other.txt", LETTER.replace("政协", "人大").replace("提案", "建议").replace("委员", "代表"))
    assert run("import", one, other, "--content", content, "--quiet") == 0
    assert sorted(path.name for path in (content / "letters" / "2020").iterdir()) == ["9001-jy.md", "9001.md"]


def test_a_dry_run_prints_an_object_a_letter_and_writes_nothing(content: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, bad = write(tmp_path, "raw.txt", LETTER + "\n" + LETTER.replace("9001", "9002").replace("种树", "种花").replace("甲乙丙", "丁戊己")), write(tmp_path, "bad.txt", "没有信")
    before = read_tree(content)
    assert run("import", "--dry-run", "--format", "json", raw, bad, tmp_path / "missing.txt", "--content", content) == 1
    shown = capsys.readouterr()
    records = [json.loads(line) for line in shown.out.splitlines()]
    assert [(record["number"], record["contact"], record["date"]) for record in records] == [(number, {"name": "陈九", "phone": "5550123"}, "2020-05-06") for number in ("9001", "9002")]
    assert [json.loads(line)["code"] for line in shown.err.splitlines()] == ["raw-no-letter", "raw-unreadable"]
    assert read_tree(content) == before


def test_a_draft_goes_to_standard_output_when_asked(content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LETTER.encode()), "utf-8"))
    before = read_tree(content)
    assert run("import", "-", "--stdout", "--content", content) == 0
    assert capsys.readouterr().out.startswith('---\nnumber: "9001"\n') and read_tree(content) == before


def test_an_archive_of_drafts_alone_is_built(archive: Archive, tmp_path: Path) -> None:
    content = archive({"letters/2020/9001.md": make_letter(draft="true")})
    assert run("--content", content, "--output", tmp_path / "out") == 0
    assert run("search", "树", "--content", content) == 0
