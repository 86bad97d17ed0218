"""Articles of law: how they are written in our tables, what they are called, which group of offences they belong to.

    CODE ARTICLE[(part)[(point)]]        RU-CC 207.3(2)(a)    RU-CAO 20.3.3(1)    DE-StGB 211
    CODE 30(n)-ARTICLE[...]              RU-CC 30(1)-278      preparation (1, 2) of or attempt (3) at a crime

Titles and groups are in `ontology/vocab/article.csv`; an article that is not there is read all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ontology import vocabulary

_CODE = r"(?P<code>[A-Z]{2}-[A-Za-z]+)"
_NUMBER = r"(?P<number>[1-9][0-9]*[a-z]?(?:\.[1-9][0-9]*)*)"
_SHAPE = re.compile(
    rf"{_CODE} (?:30\((?P<unfinished>[123])\)-)?{_NUMBER}"
    r"(?:\((?P<part>[1-9][0-9]*(?:\.[1-9][0-9]*)*)\)(?:\((?P<point>[a-z](?:\.[1-9][0-9]*)?)\))?)?"
)
_CYRILLIC_POINTS = "абвгдежзиклмнопрст"
"""Points of Russian law in their order: without `ё` and `й`."""
_PREFIX = {
    ("1", "en"): "Preparation: ", ("1", "ru"): "Приготовление: ",
    ("2", "en"): "Preparation: ", ("2", "ru"): "Приготовление: ",
    ("3", "en"): "Attempt: ", ("3", "ru"): "Покушение: ",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Article:
    """An article of a law, perhaps one part or point of it. `unfinished` is the part of Article 30, where it is named."""

    code: str
    number: str
    part: str | None = None
    point: str | None = None
    unfinished: str | None = None

    @property
    def whole(self) -> str:
        """The article without part, point and Article 30: what titles and groups go by."""
        return f"{self.code} {self.number}"

    def __str__(self) -> str:
        before = f"30({self.unfinished})-" if self.unfinished else ""
        return f"{self.code} {before}{self.number}" + "".join(f"({x})" for x in (self.part, self.point) if x)


def parse(text: str) -> Article:
    """The article that `text` names; `str()` of it is `text` again.

    Raises:
        ValueError: the text is not of the grammar; the message says what to write.
    """
    found = _SHAPE.fullmatch(text)
    if not found:
        raise ValueError(_remedy(text))
    return Article(**found.groupdict())


def title(article: Article, lang: str = "en") -> str:
    """The article's title in its code in `lang` (`en` or `ru`); its number where the vocabulary does not have it."""
    word = vocabulary("article").get(article.whole)
    if word is None:
        return str(article)
    return _PREFIX.get((article.unfinished or "", lang), "") + word.label(lang)


def group(article: Article) -> str | None:
    """The token of `ontology/vocab/article_group.csv` that the article belongs to; None where nobody has said."""
    word = vocabulary("article").get(article.whole)
    return word.more["group"] if word else None


def _remedy(text: str) -> str:
    if found := re.search(r"\(([а-яё])\)", text):
        place = _CYRILLIC_POINTS.find(found[1])
        # the point's place in the law counts, not its looks: `в` is the third, so it is `c`
        latin = f": ({chr(ord('a') + place)}) for ({found[1]})" if place >= 0 else ""
        return f"is not an article; write the point as a Latin letter{latin}"
    if not re.match(r"[A-Z]{2}-[A-Za-z]+ ", text):
        return "is not an article; begin with the code and a blank, as RU-CC 207.3, RU-CAO 20.2 or DE-StGB 211"
    return "is not an article; write CODE ARTICLE(part)(point), as RU-CC 207.3(2)(a) or RU-CC 30(1)-278"
