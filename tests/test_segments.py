"""The index's files: as stock Whoosh writes them and reads them, and none left open where a disk is full."""

from __future__ import annotations

import errno
import gc
import warnings
from pathlib import Path

import pytest
from whoosh import index, query
from whoosh.filedb.filestore import RamStorage

from dafu.search.chunks import write_chunk
from dafu.search.fields import FIELDS
from dafu.search.segments import ID, NAME, make_schema
from dafu.search.site import Search
from tests.making import ROOT
from tests.test_index import PLACES, read_search


@pytest.fixture(scope="module")
def real() -> Search:
    return read_search(ROOT / "content")


def test_stock_whoosh_writes_the_same_index(real: Search) -> None:
    """Fed a letter at a time by Whoosh's own writer, the same schema gives the same terms, frequencies and places."""
    stock = RamStorage().create_index(make_schema())
    with stock.writer() as writer:
        for document in real.documents:
            writer.add_document(**{ID: document.id}, **{field.name: document.folded(place) for place, field in enumerate(FIELDS) if document.words[place]})
    ours, theirs = real.engine.reader, stock.reader()
    for field in FIELDS:
        terms = list(theirs.field_terms(field.name)) if field.name in theirs.indexed_field_names() else []
        assert (list(ours.field_terms(field.name)) if terms else []) == terms
        assert ours.field_length(field.name) == theirs.field_length(field.name)
        for term in terms[::7]:
            one, two = ours.postings(field.name, term), theirs.postings(field.name, term)
            assert list(one.items_as("positions")) == list(two.items_as("positions"))
            assert ours.frequency(field.name, term) == theirs.frequency(field.name, term)


def test_stock_whoosh_reads_the_index(real: Search) -> None:
    with index.open_dir(real.index_folder).searcher() as searcher:
        phrase = query.Phrase("text", list("知识产权"))
        found = {hit[ID] for hit in searcher.search(phrase, limit=None)}
    assert found == {document.id for document in real.documents if "知识产权" in document.folded(PLACES["text"])}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full, as Linux has")
def test_no_file_stays_open_where_a_disk_is_full(real: Search, tmp_path: Path) -> None:
    write_chunk(tmp_path, ("whole", real.sheets))
    written = [path.name for path in tmp_path.glob(f"{NAME}_whole.*") if path.suffix != ".segment"]
    left = {}
    for file in written:
        (tmp_path / file).unlink()
        (tmp_path / file).symlink_to("/dev/full")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", ResourceWarning)
            with pytest.raises(OSError) as failed:
                write_chunk(tmp_path, ("whole", real.sheets))
            code = failed.value.errno
            del failed
            gc.collect()
        left[file] = code, [str(warning.message) for warning in said if str(tmp_path) in str(warning.message)]
        (tmp_path / file).unlink()
    assert len(written) > 2 and left == dict.fromkeys(written, (errno.ENOSPC, []))
