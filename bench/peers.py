"""The peers of a build: Hugo makes a site of the same letters, with the same permalinks, lists and feeds; Pagefind its search.

Hugo reads the very files: its pages show a letter's words, its commitments and figures. It knows nothing of evidence, marks in the text, threads, parallel passages,
citations, data files: what it takes is what a plain site of these letters takes.
"""

from __future__ import annotations

import re
from pathlib import Path

SETTINGS = """\
baseURL = "https://example.org/"
title = "虚构答复档案"
defaultContentLanguage = "zh"
locale = "zh-Hans"
hasCJKLanguage = true
enableRobotsTXT = true
[pagination]
pagerSize = 50
[permalinks.page]
letters = "/letters/:year/:contentbasename/"
[taxonomies]
topics = "topics"
proposers = "proposers"
respondents = "respondents"
sessions = "sessions"
years = "years"
[markup.goldmark.extensions.cjk]
enable = true
"""

BASE = """\
<!doctype html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ .Title }} · {{ .Site.Title }}</title>
<meta name="description" content="{{ with .Params.summary }}{{ . }}{{ else }}{{ .Site.Title }}{{ end }}">
<link rel="canonical" href="{{ .Permalink }}">
{{ range .AlternativeOutputFormats }}<link rel="{{ .Rel }}" type="{{ .MediaType.Type }}" href="{{ .Permalink }}">{{ end }}
</head>
<body>
<header><nav><a href="/">{{ .Site.Title }}</a> <a href="/letters/">答复</a> <a href="/topics/">专题</a> <a href="/respondents/">单位</a> <a href="/proposers/">提出人</a> <a href="/sessions/">会议</a> <a href="/years/">年份</a></nav></header>
<main>{{ block "main" . }}{{ end }}</main>
<footer>{{ .Site.Title }}</footer>
</body>
</html>
"""

LETTER = """\
{{ define "main" }}
<article data-pagefind-body>
<h1>{{ .Title }}</h1>
<dl>
<dt>编号</dt><dd>{{ .Params.number }}</dd>
<dt>日期</dt><dd><time datetime="{{ .Date.Format "2006-01-02" }}">{{ .Date.Format "2006-01-02" }}</time></dd>
{{ range $name, $label := dict "respondents" "主办单位" "proposers" "提出人" "topics" "专题" "sessions" "会议" }}
{{ with $.GetTerms $name }}<dt>{{ $label }}</dt>{{ range . }}<dd><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a></dd>{{ end }}{{ end }}
{{ end }}
</dl>
<p>{{ .Params.summary }}</p>
<nav>{{ .TableOfContents }}</nav>
{{ .Content }}
{{ with .Params.commitments }}<h2>承诺</h2><ol>{{ range . }}<li id="{{ .id }}">{{ .action }}{{ with .due }}（{{ .text }}）{{ end }}<blockquote>{{ .quote }}</blockquote></li>{{ end }}</ol>{{ end }}
{{ with .Params.figures }}<h2>数据</h2><table>{{ range . }}<tr><td>{{ .quote }}</td><td>{{ .value }}{{ .unit }}</td></tr>{{ end }}</table>{{ end }}
</article>
{{ end }}
"""

LIST = """\
{{ define "main" }}
<h1>{{ .Title }}</h1>
{{ $pages := .Paginate (cond .IsHome (where .Site.RegularPages "Section" "letters") .Pages) }}
<ul>{{ range $pages.Pages }}<li><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ with .Params.respondent }}{{ . }}{{ end }} {{ .Date.Format "2006-01-02" }}<p>{{ .Params.summary }}</p></li>{{ end }}</ul>
<nav>{{ with $pages.Prev }}<a href="{{ .URL }}">上页</a>{{ end }} {{ $pages.PageNumber }} / {{ $pages.TotalPages }} {{ with $pages.Next }}<a href="{{ .URL }}">下页</a>{{ end }}</nav>
{{ end }}
"""

_FOREIGN = re.compile(r"^kind:", re.MULTILINE)
"""A key that means something else to Hugo."""
_BOLD_STOP = re.compile(r"([，。：；])\*\*")
"""A stop inside bold type, behind which CommonMark sees no end of it in Chinese."""
_TERMS = {"respondent": "respondents", "session": "sessions"}


def write_hugo(content: Path, folder: Path) -> None:
    """The same letters as a Hugo site."""
    layouts = folder / "layouts"
    layouts.mkdir(parents=True)
    (folder / "hugo.toml").write_text(SETTINGS, "utf-8")
    for name, text in (("baseof", BASE), ("single", LETTER), ("list", LIST)):
        (layouts / f"{name}.html").write_text(text, "utf-8")
    for path in content.glob("letters/*/*.md"):
        copy_letter(content, folder, path)


def copy_letter(content: Path, folder: Path, path: Path) -> None:
    """One letter, now or again, with the terms under which Hugo lists it."""
    head, _, body = path.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    lines = [f"{_TERMS[key]}: [{value}]" for key, _, value in (line.partition(": ") for line in head.splitlines()) if key in _TERMS]
    lines.append(f'years: ["{path.parent.name}"]')
    copy = folder / "content" / path.relative_to(content)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text("\n".join(["---", _FOREIGN.sub("form:", head), *lines, "---", _BOLD_STOP.sub(r"**\1", body)]), "utf-8")

