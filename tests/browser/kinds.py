"""A page of each kind in the real archive."""

KINDS = {
    "home": "", "letters": "letters/", "letter with corrections": "letters/2020/ta20200005/", "letter with many commitments": "letters/2021/jy20210042/",
    "letter with many names": "letters/2023/2023103/", "years": "years/", "year": "years/2023/", "gap": "years/2019/", "topics": "topics/", "topic": "topics/hetao/",
    "respondents": "respondents/", "respondent": "respondents/futian-science-technology-innovation-bureau/", "co-handler": "respondents/futian-finance-bureau/",
    "proposers": "proposers/", "proposer": "proposers/li-tao/", "sessions": "sessions/", "session": "sessions/futian-cppcc-6-3/", "commitments": "commitments/",
    "commitments with later words": "commitments/followed/",
    "threads": "threads/", "thread": "threads/hetao/", "indicators": "indicators/", "indicator": "indicators/national-high-tech-enterprises/",
    "policies": "policies/", "policy": "policies/futian-technology-park-rules/",
    "data": "data/", "about": "about/", "search": "search/?q=知识产权", "404": "404.html",
}
