from __future__ import annotations

from coopgraph.web.common.links import TypedLink, link_header, link_set_json, link_set_text

LINKS = (
    TypedLink("cite-as", "https://e/id/a"),
    TypedLink("item", "/a.ttl", "text/turtle"),
    TypedLink("item", "/b.jsonld", "application/ld+json", "https://e/profile"),
)


def test_a_header_says_relation_type_and_profile() -> None:
    assert link_header(LINKS) == (
        '<https://e/id/a>; rel="cite-as"',
        '</a.ttl>; rel="item"; type="text/turtle"',
        '</b.jsonld>; rel="item"; type="application/ld+json"; profile="https://e/profile"',
    )


def test_a_link_set_has_whole_addresses_and_its_relations_side_by_side() -> None:
    assert link_set_json({"/doc/a": LINKS}, "http://here/") == {
        "linkset": [
            {
                "anchor": "http://here/doc/a",
                "cite-as": [{"href": "https://e/id/a"}],
                "item": [
                    {"href": "http://here/a.ttl", "type": "text/turtle"},
                    {"href": "http://here/b.jsonld", "type": "application/ld+json", "profile": "https://e/profile"},
                ],
            }
        ]
    }


def test_the_text_form_names_the_anchor_of_each_link() -> None:
    lines = link_set_text({"/doc/a": LINKS[:2]}, "http://here/").splitlines()
    assert lines == [
        '<https://e/id/a>; rel="cite-as"; anchor="http://here/doc/a",',
        '<http://here/a.ttl>; rel="item"; type="text/turtle"; anchor="http://here/doc/a"',
    ]
