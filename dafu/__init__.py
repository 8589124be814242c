"""Dafu (答复): annotated letters of official reply in, a static archive out.

One room per file, in the order of the road:

    text ▸ problems ▸ yamltext ▸ shapes ▸ records ▸ letter ▸ reference            (values)
    faults ▸ body ▸ quotes ▸ marks ▸ sums ▸ words ▸ output                        (text)
    source ▸ reading ▸ check ▸ held ▸ kept                                        (content/ → letters)
    shelf ▸ status ▸ slugs ▸ entries ▸ catalogue ▸ pages, data, feeds             (letters → outputs)
    search/                                                                       (letters → index → shards)
    units ▸ makers                                                                (which outputs there are)
    links ▸ write ▸ crew                                                          (outputs → public/)
    seal ▸ keys ▸ made                                                            (what lies there already)
    road ▸ serve ▸ cli                                                            (the commands)
"""

__version__ = "0.1.0"
