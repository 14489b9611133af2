"""What a form states keeps the rules where it is filled in rightly; what is typed wrongly is found in its own field."""

from __future__ import annotations

from datetime import date

import pytest

from coopgraph.curation.forms.choices import Choices
from coopgraph.curation.forms.entry import empty_entry, fill_up, stored_entry
from coopgraph.curation.forms.form_shapes import Forms, read_forms
from coopgraph.curation.forms.statements import slug_of, statements_of
from coopgraph.curation.workspace import Workspace
from coopgraph.dataset.tree import Tree
from coopgraph.model.iris import BASE
from coopgraph.rdf.index import Index
from coopgraph.rdf.namespaces import COOP, RDF
from coopgraph.rdf.terms import Literal, NamedNode, Triple
from coopgraph.rdf.turtle import house_form
from coopgraph.validation.report import Report
from tests.conftest import FIXTURE
from tests.curation.forms.conftest import ROOT, Filled, held, stated

PAGE = {"common": "", "common.source": "Friends across the sea (bridge-page)"}

ORGANIZATION: Filled = {
    **PAGE,
    "common.quote": "Harbor Light (항구등) helps victims of digital sexual violence in Seoul.",
    "e.prefLabel": ["Harbor Light@en", "항구등@ko"],
    "e.hasOrganizationType": ["victim-support-center"],
    "e.worksOn": ["Digital sexual violence"],
    "e.isBasedIn": ["대한민국"],
    "e.foundingDate": ["2019-03"],
    "e.homepage": ["https://harbor-light.example/"],
    "e.subOrganizationOf": ["Lantern Support Center"],
    "e.services.0": "",
    "e.services.0.prefLabel": ["Counselling@en"],
    "e.services.0.hasServiceType": ["counselling"],
    "e.services.0.isDirectedAt": ["victims-of-digital-sexual-violence"],
    "e.services.0.servesArea": ["kr"],
    "e.services.0.hasCost": ["free"],
    "e.services.0.channels.0": "",
    "e.services.0.channels.0.hasChannelType": ["phone"],
    "e.services.0.channels.0.telephone": ["+82-2-000-0000"],
}

RIGHT: dict[str, Filled] = {
    "org": ORGANIZATION,
    "service": {
        **PAGE,
        "common.quote": "We explain digital sexual violence on our blog.",
        "e.prefLabel": ["Legal help@en"],
        "e.isProvidedBy": ["open-window"],
        "e.hasServiceType": ["legal-assistance"],
        "e.isDirectedAt": ["victims-of-digital-sexual-violence"],
        "e.servesArea": ["kr"],
        "e.openingHours": ["Mo-Fr 09:00-18:00"],
        "e.openingHours.0.hasBasis": ["inferred"],
    },
    "law": {
        **PAGE,
        "common.quote": "The Quiet Images Act of 2020 (조용한 영상법) is in force.",
        "e.prefLabel": ["Quiet Images Act@en", "조용한 영상법@ko"],
        "e.type-document": ["act"],
        "e.jurisdiction": ["kr"],
        "e.entersIntoForceOn": ["2020"],
        "e.appliesToThreats": ["true"],
    },
    "event": {
        **PAGE,
        "common.quote": "After the lighthouse case of 2018, they met.",
        "e.prefLabel": ["lighthouse case@en"],
        "e.hasEventKind": ["criminal-case"],
        "e.isLocatedIn": ["Japan (jp)"],
        "e.occurredOn": ["2018-06-01"],
        "e.concernsOrganization": ["lantern"],
    },
    "figure": {
        **PAGE,
        "common.quote": "In 2020, 12 people called us.",
        "e.refersToOrganization": ["open-window"],
        "e.hasIndicator": ["assistance-cases"],
        "e.hasBreakdown": ["total"],
        "e.refArea": ["kr"],
        "e.refPeriod": ["2020"],
        "e.hasTimeNature": ["flow"],
        "e.obsValue": ["12"],
        "e.valueAsPublished": ["12"],
        "e.hasUnit": ["case"],
        "e.hasPrecision": ["exact"],
    },
    "source": {
        "e.title": ["항구등 소개@ko"],
        "e.language": ["ko"],
        "e.url": ["https://harbor-light.example/about"],
        "e.hasSourceKind": ["web-page"],
        "e.hasDirectness": ["primary"],
        "e.identifier": ["harbor-light-about"],
        "e.retrievedOn": ["2024-05-19"],
        "e.passages.0": "",
        "e.passages.0.quote": ["항구등은 2019년에 생겼습니다.@ko"],
    },
    "period": {
        "e.identifier": ["2019-05"],
        "e.notation": ["2019-05"],
        "e.startDate": ["2019-05-01"],
        "e.endDate": ["2019-05-31"],
    },
    "quotation": {
        **PAGE,
        "common.quote": "They write: nobody searches alone.",
        "e.text": ["nobody searches alone@en"],
        "e.hasQuotationKind": ["purpose"],
        "e.isAbout": ["Lantern Support Center"],
    },
    "participation": {
        **PAGE,
        "common.quote": "Members of Open Window marched after the harbor case.",
        "e.hasParticipant": ["open-window"],
        "e.isParticipationIn": ["harbor-case"],
    },
    "provision": {
        "common": "",
        "common.source": "gazette-2021",
        "common.quote": "第14条の2（Article 14-2）は、脅しを罪とする。",
        "e.is-part-of": ["image-abuse-act"],
        "e.number": ["第14条の2"],
        "e.prefLabel": ["Article 14-2@en"],
        "e.appliesToThreats": ["true"],
    },
    "defect": {
        **PAGE,
        "common.quote": "It was founded in April 2061.",
        "e.verbatim": ["April 2061@en"],
        "e.hasDefectKind": ["digit-error"],
        "e.hasDefectStatus": ["suspected"],
        "e.rationale": ["The report says 2016.@en"],
    },
    "comparability": {
        "e.compares": ["lantern.2020.victims-supported", "open-window.2020.victims-supported"],
        "e.hasComparability": ["with-caution"],
        "e.rationale": ["Both count people.@en"],
        "e.identifier": ["victims-2020"],
    },
}


def _report(
    workspace: Workspace, forms: Forms, key: str, filled: Filled, node: str = ""
) -> tuple[Report, list[str | None]]:
    """Return the report on what a form states, and the controls that its violations lead to."""
    made = stated(workspace, forms, key, filled, node)
    changed = workspace
    by_path: dict[str, list[Triple]] = {}
    for triple in made.triples:
        slug = triple.subject.value.removeprefix(f"{BASE}id/").rpartition("/")[2].partition(".")[0]
        paths = [path for path in (*workspace.paths, made.path) if path.endswith(f"/{slug}.ttl")]
        by_path.setdefault(paths[0] if paths else f"data/source/{slug}.ttl", []).append(triple)
    for path, triples in by_path.items():
        before = () if path == made.path else workspace.statements(path)
        changed = changed.with_file(path, house_form({*triples, *before}, workspace.prefixes))
    report = changed.report(by_path, today=date(2026, 3, 1))
    found = [item for item in report.findings if item.severity == "violation"]
    return report, [made.control_of(item.focus, item.path, item.value) for item in found]


@pytest.mark.slow
@pytest.mark.parametrize("key", RIGHT)
def test_what_a_form_states_keeps_the_rules(workspace: Workspace, forms: Forms, key: str) -> None:
    report, _ = _report(workspace, forms, key, RIGHT[key])
    assert [str(item.messages.get("en")) for item in report.findings if item.severity == "violation"] == []
    assert {form.key for form in forms} == set(RIGHT)


@pytest.mark.slow
def test_a_name_becomes_a_claim_with_the_passage_for_all(workspace: Workspace, forms: Forms) -> None:
    made = stated(workspace, forms, "org", ORGANIZATION)
    assert made.path == "data/org/harbor-light.ttl"
    graph = Index(made.triples)
    claim = NamedNode(f"{BASE}id/claim/harbor-light.prefLabel.2")
    assert graph.objects(claim, RDF.object) == (Literal("항구등", language="ko"),)
    (passage,) = graph.objects(claim, COOP.hasEvidence)
    assert passage == NamedNode(f"{BASE}id/citation/bridge-page.p1")
    assert graph.objects(NamedNode(f"{BASE}id/channel/harbor-light.counselling.phone"), COOP.hasEvidence) == (passage,)


def test_words_that_the_source_has_already_are_that_passage(workspace: Workspace, forms: Forms) -> None:
    words = "“We work in solidarity  with the Lantern Support Center.”".strip("“”")
    filled = {**PAGE, "common.quote": words, "e.prefLabel": ["Harbor Light@en"]}
    filled |= {
        "e.isBasedIn": ["kr"],
        "e.isBasedIn.0.hasEvidence.0": "",
        "e.isBasedIn.0.hasEvidence.0.chosen": "bridge-page.s02",
    }
    graph = Index(stated(workspace, forms, "org", filled).triples)
    assert not graph.instances(COOP.Citation)
    assert {item.value.rpartition("/")[2] for _, item in graph.pairs(COOP.hasEvidence)} == {
        "bridge-page.s01",
        "bridge-page.s02",
    }


def test_a_source_described_beside_is_the_one_quoted(workspace: Workspace, forms: Forms) -> None:
    filled = {
        **ORGANIZATION,
        "common.source": "",
        "source.0": "",
        **{
            name.replace("e.", "source.0.", 1): value
            for name, value in RIGHT["source"].items()
            if "passages" not in name
        },
    }
    report, _ = _report(workspace, forms, "org", filled)
    assert report.conforms
    graph = Index(stated(workspace, forms, "org", filled).triples)
    quoted = NamedNode(f"{BASE}id/citation/harbor-light-about.p1")
    assert graph.objects(quoted, COOP.quote)[0].language == "ko"  # type: ignore[union-attr]


def test_an_editorial_claim_takes_no_passage_that_is_not_its_own(workspace: Workspace, forms: Forms) -> None:
    filled = {**ORGANIZATION, "e.prefLabel.1.hasBasis": ["editorial"], "e.prefLabel.1.curatorNote": ["Ours.@en"]}
    graph = Index(stated(workspace, forms, "org", filled).triples)
    claim = NamedNode(f"{BASE}id/claim/harbor-light.prefLabel.2")
    assert not graph.objects(claim, COOP.hasEvidence)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "control"),
    [
        ({"e.hasOrganizationType": [""]}, "e.hasOrganizationType.0.text"),
        ({"e.isBasedIn": ["Atlantis"]}, "e.isBasedIn.0.text"),
        ({"e.foundingDate": ["2019/03"]}, "e.foundingDate.0.text"),
        ({"e.prefLabel": ["항구등@ko", ""]}, "e.identifier.0.text"),
        ({"e.prefLabel": ["항구등@ko", ""], "e.identifier": ["harbor-light"]}, "e.prefLabel.0.text"),
        ({"e.prefLabel": ["Harbor Light@en", "항구등"]}, "e.prefLabel.1.text"),
        ({"common.source": "", "common.quote": ""}, "common.source"),
        ({"common.source": "A page nobody knows"}, "common.source"),
        ({"common.quote": ""}, "common.quote"),
        ({"e.services.0.servesArea": [""]}, "e.services.0.servesArea.0.text"),
        ({"e.services.0.channels.0.telephone": ["call us"]}, "e.services.0.channels.0.telephone.0.text"),
        ({"e.identifier": ["fill-in"], "e.prefLabel": ["항구등@ko", "Harbor Light@en"]}, "e.identifier.0.text"),
    ],
)
def test_a_fault_leads_to_its_field_and_what_was_typed_is_kept(
    workspace: Workspace, forms: Forms, change: Filled, control: str
) -> None:
    filled = {**ORGANIZATION, **{f"{key}.hasEvidence.0": "" for key in ("e.prefLabel.0", "e.prefLabel.1")}, **change}
    report, controls = _report(workspace, forms, "org", filled)
    assert not report.conforms
    assert control in controls
    typed = [text for texts in change.values() for text in ([texts] if isinstance(texts, str) else texts)]
    lines = "\n".join(map(str, stated(workspace, forms, "org", filled).triples))
    assert all(text.partition("@")[0] in lines for text in typed)


@pytest.mark.parametrize(
    ("key", "node"),
    [
        ("org", "org/lantern"),
        ("org", "org/open-window"),
        ("service", "service/lantern.removal-support"),
        ("figure", "figure/lantern.2020.assistance-cases"),
        ("law", "law/image-abuse-amendment-act-2021"),
        ("event", "event/harbor-case"),
        ("source", "source/bridge-page"),
        ("period", "period/2020"),
        ("comparability", "comparability/victims-supported-2020"),
        ("quotation", "quotation/lantern.purpose"),
        ("defect", "defect/bridge-page.case-count"),
        ("defect", "defect/bridge-page.law-date"),
    ],
)
def test_a_form_filled_with_what_is_there_changes_nothing(
    workspace: Workspace, forms: Forms, key: str, node: str
) -> None:
    choices = Choices(workspace, "ko")
    slug = node.partition("/")[2]
    path = next(
        path for path in workspace.paths if path.startswith("data/") and path.endswith(f"/{slug.partition('.')[0]}.ttl")
    )
    form = forms.get(key)
    assert form is not None
    entry = stored_entry(forms, form, NamedNode(f"{BASE}id/{node}"), Index(workspace.statements(path)), choices)
    fill_up(entry, forms, "ko")
    made = statements_of(entry, forms, choices, held(workspace))
    assert made.path == path
    assert set(made.triples) == set(workspace.statements(path))


def test_an_emptied_field_takes_its_claim_away_and_nothing_else(workspace: Workspace, forms: Forms) -> None:
    choices = Choices(workspace, "en")
    before = set(workspace.statements("data/org/lantern.ttl"))
    form = forms.get("org")
    assert form is not None
    entry = stored_entry(forms, form, NamedNode(f"{BASE}id/org/lantern"), Index(before), choices)
    (row,) = entry.record.rows["foundingDate"]
    row.text = ""
    after = set(statements_of(entry, forms, choices, held(workspace)).triples)
    claim = NamedNode(f"{BASE}id/claim/lantern.foundingDate.1")
    assert before - after == {triple for triple in before if triple.subject == claim}
    assert not after - before


def test_every_form_can_be_shown_empty(workspace: Workspace, forms: Forms) -> None:
    for form in forms:
        entry = empty_entry(forms, form)
        fill_up(entry, forms, "ko")
        assert all(entry.record.rows[item.key] for item in form.fields if item.nested is None)
        assert entry.record.is_blank


def test_a_node_of_somebody_else_that_a_form_carries_is_not_taken_over(workspace: Workspace, forms: Forms) -> None:
    for broken in ("http://[x", "x", "https://a.b/%zz", "<>"):
        filled = {**ORGANIZATION, "e.prefLabel.0": broken, "common": broken, "e.services.0": broken}
        assert set(stated(workspace, forms, "org", filled).triples) == set(
            stated(workspace, forms, "org", ORGANIZATION).triples
        )
    foreign = f"{BASE}id/claim/lantern.prefLabel.1"
    made = stated(workspace, forms, "org", {**ORGANIZATION, "e.prefLabel.0": foreign})
    assert NamedNode(foreign) not in {triple.subject for triple in made.triples}


@pytest.mark.parametrize(
    ("key", "path", "node"),
    [
        ("quotation", "data/org/lantern.ttl", "quotation/lantern.purpose.2"),
        ("participation", "data/org/open-window.ttl", "participation/open-window.harbor-case"),
        ("provision", "data/law/image-abuse-act.ttl", "provision/image-abuse-act.14-2"),
        ("defect", "data/source/bridge-page.ttl", "defect/bridge-page.digit-error"),
    ],
)
def test_a_record_is_named_after_what_holds_it_and_stands_in_its_file(
    workspace: Workspace, forms: Forms, key: str, path: str, node: str
) -> None:
    made = stated(workspace, forms, key, RIGHT[key])
    assert (made.path, made.node) == (path, NamedNode(f"{BASE}id/{node}"))
    assert not set(workspace.statements(path)) - set(made.triples)
    assert not made.faults


def test_a_defect_is_corrected_by_no_passage_that_was_not_named_for_that(workspace: Workspace, forms: Forms) -> None:
    graph = Index(stated(workspace, forms, "defect", RIGHT["defect"]).triples)
    defect = NamedNode(f"{BASE}id/defect/bridge-page.digit-error")
    assert not graph.objects(defect, COOP.isCorrectedBy)
    (passage,) = graph.objects(defect, COOP.isDefectIn)
    assert graph.objects(passage, COOP.quote) == (Literal("It was founded in April 2061.", language="en"),)


@pytest.mark.parametrize(
    ("key", "change", "control", "fault"),
    [
        ("org", {"e.identifier": ["lantern"]}, "e.identifier.0.text", "is taken by data/org/lantern.ttl"),
        ("org", {"e.prefLabel": ["Lantern@en"]}, "e.identifier.0.text", "is taken by data/org/lantern.ttl"),
        ("org", {"e.identifier": ["Harbor Light"]}, "e.identifier.0.text", "cannot be a slug"),
        ("org", {"e.identifier": ["nul"]}, "e.identifier.0.text", "cannot be a slug"),
        ("period", {"e.identifier": ["last year"]}, "e.identifier.0.text", "cannot be a slug"),
        ("service", {"e.isProvidedBy": ["nobody"]}, "e.isProvidedBy.0.text", "Choose what this belongs to"),
        ("provision", {"e.is-part-of": ["some act"]}, "e.is-part-of.0.text", "Choose what this belongs to"),
        ("defect", {"common.source": "a page"}, "common.source", "Choose what this belongs to"),
    ],
)
def test_what_has_no_name_or_file_of_its_own_is_stated_as_it_was_typed(
    workspace: Workspace, forms: Forms, key: str, change: Filled, control: str, fault: str
) -> None:
    made = stated(workspace, forms, key, {**RIGHT[key], **change})
    assert {name: fault in str(told) for name, told in made.faults.items()} == {control: True}
    assert made.path.endswith("/fill-in.ttl")
    assert "fill-in" in made.node.value
    lines = "\n".join(map(str, made.triples))
    (typed,) = (text if isinstance(text, str) else text[0] for text in change.values())
    assert typed.partition("@")[0] in lines
    assert not set(made.triples) & set(workspace.statements("data/org/lantern.ttl"))


def test_a_new_kind_and_a_new_property_need_nothing_but_their_shapes(workspace: Workspace) -> None:
    files = Tree(ROOT / "ontology", ROOT / "shapes", FIXTURE).form_files()
    activity = b"""
    @prefix coop: <https://w3id.org/coopgraph/def/> . @prefix dash: <http://datashapes.org/dash#> .
    @prefix form: <https://w3id.org/coopgraph/form/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    form:activity a sh:NodeShape ; sh:targetClass coop:Activity ; form:ownedThrough coop:isProvidedBy ;
      form:nameFrom ( coop:hasServiceType ) ;
      sh:property form:activity.label , form:activity.isProvidedBy , form:activity.kind , form:activity.hasEvidence .
    form:activity.label sh:path skos:prefLabel ; sh:datatype rdf:langString .
    form:activity.isProvidedBy sh:path coop:isProvidedBy ; sh:class coop:Organization .
    form:activity.kind sh:path coop:hasServiceType ; sh:class skos:Concept .
    form:activity.hasEvidence sh:path coop:hasEvidence ; sh:class coop:Citation ; dash:editor form:PassageEditor .
    """
    forms = read_forms([*(place.read_bytes() for place in files), activity], workspace.vocabulary)
    filled: Filled = {
        "e.label": ["A blog@en"],
        "e.isProvidedBy": ["lantern"],
        "e.kind": ["awareness"],
        "e.hasEvidence.0": "",
        "e.hasEvidence.0.source": "lantern-report-2020",
        "e.hasEvidence.0.quote": "ひとりで画像を探さなくてよい社会のために",
    }
    report, _ = _report(workspace, forms, "activity", filled)
    assert report.conforms
    made = stated(workspace, forms, "activity", filled)
    assert made.node == NamedNode(f"{BASE}id/activity/lantern.awareness")
    assert NamedNode(f"{BASE}id/citation/lantern-report-2020.p4") in {triple.object for triple in made.triples}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Harbor Light, Inc.", "harbor-light-inc"),
        ("L'Étoile", "letoile"),
        ("第14条の2", "14-2"),
        ("항구등", ""),
        ("A" * 90, "a" * 60),
        ("…", ""),
    ],
)
def test_a_slug_is_made_of_latin_letters(text: str, slug: str) -> None:
    assert slug_of(text) == slug
