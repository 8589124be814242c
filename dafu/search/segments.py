"""The Whoosh index written, a segment for some hundred letters. Whoosh comes in here, 2.7.4 exactly, as the writer below leans on how it keeps postings.

A term of the index is one folded character (a UTF-16 unit) with the places where it stands. Segments are of letters that follow one another, none is
ever changed or merged with others: so what Whoosh counts is exact.
"""

from __future__ import annotations

import pickle
import warnings
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any as Anything

warnings.filterwarnings("ignore", category=SyntaxWarning, module=r"whoosh\.")

from whoosh import fields as whoosh_fields  # noqa: E402
from whoosh import formats, index, matching, query, scoring  # noqa: E402, F401
from whoosh.codec import whoosh3  # noqa: E402
from whoosh.filedb.filestore import FileStorage  # noqa: E402

from dafu.search import arrays  # noqa: E402
from dafu.search.fields import FIELDS, Document  # noqa: E402

ID, YEAR, NUMBER = "id", "year", "whole_number"
NAME = "MAIN"


class Places(formats.Positions):
    """Whoosh's positions, four bytes each, so that those of all letters can be read at once."""

    def encode(self, poslist: Iterable[int]) -> bytes:
        return array("I", poslist).tobytes()

    def decode_positions(self, valuestring: bytes) -> list[int]:
        return arrays.read_offsets([valuestring]).tolist()

    def decode_frequency(self, valuestring: bytes) -> int:
        return len(valuestring) // 4


class Words(whoosh_fields.FieldType):
    """A field whose terms are the characters of folded words."""

    analyzer = None
    indexed = scorable = True

    def __init__(self) -> None:
        self.format = Places()

    def to_bytes(self, value: str | bytes) -> bytes:
        return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")

    def from_bytes(self, bs: bytes) -> str:
        return bs.decode("utf-8", "surrogatepass")

    def index(self, value: str, **options: Anything) -> Iterator[tuple[bytes, int, float, bytes]]:
        """What Whoosh's own writer asks of a field."""
        for found in arrays.iter_postings(arrays.make_row([value])):
            yield self.to_bytes(chr(found.unit)), int(found.counts[0]), float(found.counts[0]), found.places[0]


def make_schema() -> whoosh_fields.Schema:
    """The index's fields: the words of letters, and three that hold one value each."""
    words = {field.name: Words() for field in FIELDS}
    return whoosh_fields.Schema(**words, **{ID: whoosh_fields.STORED(), YEAR: whoosh_fields.ID(), NUMBER: whoosh_fields.ID()})


class _Postings(whoosh3.W3PostingsWriter):
    """Writes a term's postings as one block, pickled by a protocol that keeps bytes as they are."""

    def write_all(self, found: arrays.UnitPostings, lengths: arrays.Array) -> None:
        self._ids, self._weights, self._values = array("I", found.documents), array("f", found.counts), found.places
        held, self._maxweight = lengths[found.documents], max(found.counts)
        self._minified = found.gaps, None if self._maxweight == 1 else tuple(found.counts), tuple(found.places)
        self._minlength, self._maxlength = int(held.min()), int(held.max())

    def _write_block(self, last: bool = False) -> None:
        if self._format.__class__ is not Places:
            return super()._write_block(last)
        self._postfile.write(whoosh3.WHOOSH3_HEADER_MAGIC)
        self._terminfo.add_block(self)
        data = pickle.dumps(self._minified, 4)
        ends = whoosh3.length_to_byte(self._minlength), whoosh3.length_to_byte(self._maxlength)
        info = pickle.dumps((len(self._ids), self._ids[-1], self._maxweight, 0, *ends), 2)
        self._postfile.write_int(-(len(info) + len(data)))
        self._postfile.write(info + data)
        self._blockcount += 1
        self._new_block()


class _Codec(whoosh3.W3Codec):
    """Writes what Whoosh's own codec reads."""

    def postings_writer(self, dbfile: Anything, byteids: bool = False) -> whoosh3.W3PostingsWriter:
        return _Postings(dbfile, blocklimit=self._blocklimit, byteids=byteids, compression=self._compression, inlinelimit=self._inlinelimit)


class _Storage(FileStorage):
    """Knows the files that Whoosh opens to write, which it doesn't close when one can't be written."""

    def __init__(self, folder: str, files: list[Anything]) -> None:
        super().__init__(folder)
        self._files = files

    def create_file(self, name: str, *arguments: Anything, **options: Anything) -> Anything:
        self._files.append(super().create_file(name, *arguments, **options))
        return self._files[-1]

    def temp_storage(self, name: str | None = None) -> FileStorage:
        return _Storage(super().temp_storage(name).folder, self._files)


@contextmanager
def _storing(folder: Path) -> Iterator[FileStorage]:
    """A folder to write to. After an error no file stays open, which Python would try to finish later, with a traceback for each that can't be."""
    files: list[Anything] = []
    try:
        yield _Storage(str(folder), files)
    except BaseException:
        for file in files:
            with suppress(OSError):
                file.file.close()
        raise


def write_segment(folder: Path, name: str, documents: Sequence[Document], rows: Sequence[arrays.Row]) -> None:
    """Writes a segment's files; a field's row after the other, which is several times faster than a letter at a time, and read the same."""
    with _storing(folder) as storage:
        segment = _write_files(storage, name, documents, rows)
    segment.set_doc_count(len(documents))
    (folder / f"{NAME}_{name}.segment").write_bytes(pickle.dumps(segment, 2))


def _write_files(storage: FileStorage, name: str, documents: Sequence[Document], rows: Sequence[arrays.Row]) -> whoosh3.W3Segment:
    codec, schema = _Codec(), make_schema()
    segment = whoosh3.W3Segment(whoosh3.W3Codec(), NAME, segid=name)
    lengths = {field.name: row.lengths for field, row in zip(FIELDS, rows)}
    _write_letters(codec.per_document_writer(storage, segment), schema, documents, lengths)
    writer = codec.field_writer(storage, segment)
    values = ((NUMBER, [document.number for document in documents]), (YEAR, [document.year for document in documents]))
    writer.add_postings(schema, None, _iter_values(values))
    for field, row in zip(FIELDS, rows):
        words = schema[field.name]
        writer.start_field(field.name, words)
        for found in arrays.iter_postings(row):
            writer.start_term(words.to_bytes(chr(found.unit)))
            writer._postwriter.write_all(found, lengths[field.name])
            writer.finish_term()
        writer.finish_field()
    writer.close()
    return segment


def _write_letters(writer: Anything, schema: whoosh_fields.Schema, documents: Sequence[Document], lengths: dict[str, arrays.Array]) -> None:
    held = {name: each.tolist() for name, each in lengths.items()}
    for number, document in enumerate(documents):
        writer.start_doc(number)
        writer.add_field(ID, schema[ID], document.id, 0)
        for name, each in held.items():
            writer.add_field(name, schema[name], None, each[number])
        writer.finish_doc()
    writer.close()


def _iter_values(fields: Iterable[tuple[str, Sequence[object]]]) -> Iterator[tuple[str, bytes, int, float, bytes]]:
    """The postings of fields that hold one value, by field, value and letter."""
    for name, values in fields:
        for value, number in sorted((str(value).encode(), number) for number, value in enumerate(values) if value):
            yield name, value, number, 1.0, b""


def write_contents(folder: Path, names: Iterable[str]) -> None:
    """Makes an index of the segments in a folder, in the order named."""
    segments = [pickle.loads((folder / f"{NAME}_{name}.segment").read_bytes()) for name in names]
    with _storing(folder) as storage:
        index.TOC(make_schema(), segments, 1).write(storage, NAME)


def name_files(name: str) -> str:
    """A pattern of the files of a segment."""
    return f"{NAME}_{name}*"


def round_lengths(lengths: arrays.Array) -> arrays.Array:
    """Lengths of a field as precise as Whoosh keeps them."""
    distinct, which = arrays.np.unique(lengths, return_inverse=True)
    return arrays.np.array([whoosh3.byte_to_length(whoosh3.length_to_byte(length)) for length in distinct.tolist()], arrays.np.int64)[which]
