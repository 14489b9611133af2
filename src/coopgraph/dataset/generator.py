"""Generator of data of any size that looks like ours, the same bytes for the same size.

Bodies with names in five languages, claims with citations and quotes, services, and figures over the years, in the
proportions of the real graph. All of it is invented: no name, place or number stands for anything.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count, islice

from coopgraph.model.iris import BASE, CONCEPT, DATASET, DEFINITION

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = f"<{_RDF}type>"
_LABEL = f"<{_SKOS}prefLabel>"

AREAS = tuple(f"x{number:02d}" for number in range(40))
TYPES = ("ngo", "public-institution", "crisis-center", "victim-support-center", "reporting-body")
SERVICES = ("removal-support", "consultation", "counselling", "legal-guidance", "medical-guidance", "reporting-site")
INDICATORS = (("victims-supported", "person"), ("assistance-cases", "case"), ("reports-received", "report"))
YEARS = tuple(range(2014, 2026))
_WORDS = {
    "en": ("support", "centre", "voice", "harbour", "lantern", "network", "river", "bridge", "garden", "line"),
    "ko": ("지원", "센터", "목소리", "항구", "등불", "연대", "강", "다리", "정원", "전화"),
    "ja": ("支援", "センター", "声", "港", "灯り", "ネット", "川", "橋", "庭", "電話"),
    "zh-Hans": ("支援", "中心", "声音", "港湾", "灯", "网络", "河", "桥", "花园", "热线"),
    "zh-Hant": ("支援", "中心", "聲音", "港灣", "燈", "網絡", "河", "橋", "花園", "熱線"),
}


def generate(triples: int) -> Iterator[str]:
    """Yield exactly ``triples`` different lines of N-Triples, each with its line end."""
    return islice(_endless(), triples)


def _endless() -> Iterator[str]:
    yield from _concepts()
    for number in count():
        yield from _body(number, random.Random(number))


def _iri(*path: str) -> str:
    return f"<{BASE}id/{'/'.join(path)}>"


def _term(name: str) -> str:
    return f"<{DEFINITION}{name}>"


def _concept(scheme: str, key: str) -> str:
    return f"<{CONCEPT}{scheme}/{key}>"


def _text(value: str, language: str) -> str:
    return f'"{value}"@{language}'


def _line(subject: str, predicate: str, value: str) -> str:
    return f"{subject} {predicate} {value} .\n"


def _concepts() -> Iterator[str]:
    keys = [("organization-type", TYPES), ("service-type", SERVICES), ("indicator", [name for name, _ in INDICATORS])]
    for scheme, names in keys:
        for name in names:
            yield _line(_concept(scheme, name), _TYPE, f"<{_SKOS}Concept>")
            yield _line(_concept(scheme, name), _LABEL, _text(name.replace("-", " "), "en"))
    for area in AREAS:
        yield _line(_iri("area", area), _TYPE, f"<{_SKOS}Concept>")
        yield _line(_iri("area", area), _LABEL, _text(f"Area {area}", "en"))


def _body(number: int, chance: random.Random) -> Iterator[str]:
    slug = f"body-{number}"
    body, source = _iri("org", slug), _iri("source", f"report-{number}")
    area, kind = chance.choice(AREAS), chance.choice(TYPES)
    yield _line(body, _TYPE, _term("Organization"))
    yield _line(source, _TYPE, _term("SourceDocument"))
    facts: list[tuple[str, str]] = [
        (_term("isBasedIn"), _iri("area", area)),
        (_term("hasOrganizationType"), _concept("organization-type", kind)),
        (_term("foundingDate"), f'"{chance.randint(1980, 2020)}"^^<{_XSD}gYear>'),
    ]
    for language, words in _WORDS.items():
        facts.append((_LABEL, _text(f"{chance.choice(words)} {chance.choice(words)} {number}", language)))
    if number and chance.random() < 0.3:
        facts.append((_term("worksWith"), _iri("org", f"body-{chance.randrange(number)}")))
    for order, (predicate, value) in enumerate(facts):
        claim, citation = _iri("claim", f"{slug}.{order}"), _iri("citation", f"report-{number}.{order}")
        yield _line(body, predicate, value)
        yield _line(claim, _TYPE, _term("Claim"))
        yield _line(claim, f"<{_RDF}subject>", body)
        yield _line(claim, f"<{_RDF}predicate>", predicate)
        yield _line(claim, f"<{_RDF}object>", value)
        yield _line(claim, _term("hasRank"), _concept("rank", "normal"))
        yield _line(claim, _term("hasEvidence"), citation)
        yield _line(citation, _term("isQuotedFrom"), source)
        yield _line(citation, _term("quote"), _text(f"Words {chance.getrandbits(40):x} of report {number}.", "en"))
    for name in chance.sample(SERVICES, 2):
        service = _iri("service", f"{slug}.{name}")
        yield _line(service, _TYPE, _term("Service"))
        yield _line(service, _term("isProvidedBy"), body)
        yield _line(service, _term("hasServiceType"), _concept("service-type", name))
        yield _line(service, _term("servesArea"), _iri("area", area))
    yield from _figures(slug, body, area, chance)


def _figures(slug: str, body: str, area: str, chance: random.Random) -> Iterator[str]:
    indicator, unit = chance.choice(INDICATORS)
    value = chance.randint(10, 5000)
    for year in YEARS:
        figure = _iri("figure", f"{slug}.{year}.{indicator}")
        value = max(1, round(value * chance.uniform(0.8, 1.4)))
        yield _line(figure, _TYPE, _term("Observation"))
        yield _line(figure, "<http://purl.org/linked-data/cube#dataSet>", f"<{DATASET}figures>")
        yield _line(figure, _term("refersToOrganization"), body)
        yield _line(figure, _term("hasIndicator"), _concept("indicator", indicator))
        yield _line(figure, _term("hasUnit"), _concept("unit", unit))
        yield _line(figure, "<http://purl.org/linked-data/sdmx/2009/dimension#refArea>", _iri("area", area))
        yield _line(figure, "<http://purl.org/linked-data/sdmx/2009/dimension#refPeriod>", _iri("period", str(year)))
        yield _line(figure, "<http://purl.org/linked-data/sdmx/2009/measure#obsValue>", f'"{value}"^^<{_XSD}integer>')
