"""The W3C's tests of the SPARQL 1.1 protocols by name, and which test here sends the requests of each.

Their manifests: https://www.w3.org/2009/sparql/docs/tests/ (protocol, http-rdf-update, service-description).
"""

from __future__ import annotations

STEM = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"

_DATASET = "test_the_dataset_is_what_the_parameters_say"
_WAYS = "test_a_query_is_taken_in_each_of_the_three_ways"
_FORMATS = "test_each_form_comes_in_a_format_of_its_own"
_WRONG = "test_a_wrong_request_gets_its_status_and_a_reason"
_GRAPH = "test_head_of_a_graph_says_what_get_says"

PROTOCOL = {
    "query_post_form": _WAYS,
    "query_dataset_default_graphs_get": _DATASET,
    "query_dataset_default_graphs_post": _DATASET,
    "query_dataset_named_graphs_post": _DATASET,
    "query_dataset_named_graphs_get": _DATASET,
    "query_dataset_full": _DATASET,
    "query_multiple_dataset": "test_the_parameters_go_before_the_clauses_of_the_query",
    "query_get": _WAYS,
    "query_content_type_select": _FORMATS,
    "query_content_type_ask": _FORMATS,
    "query_content_type_describe": _FORMATS,
    "query_content_type_construct": _FORMATS,
    "query_post_direct": _WAYS,
    "bad_query_method": _WRONG,
    "bad_multiple_queries": _WRONG,
    "bad_query_wrong_media_type": _WRONG,
    "bad_query_missing_form_type": _WRONG,
    "bad_query_missing_direct_type": _WRONG,
    "bad_query_non_utf8": _WRONG,
    "bad_query_syntax": _WRONG,
}
"""Test of the query operation → the test in :mod:`tests.conformance.test_protocol` that has its request."""

UPDATES = (
    "update_dataset_default_graph",
    "update_dataset_default_graphs",
    "update_dataset_named_graphs",
    "update_dataset_full",
    "update_post_form",
    "update_post_direct",
    "update_base_uri",
    "bad_update_get",
    "bad_multiple_updates",
    "bad_update_wrong_media_type",
    "bad_update_missing_form_type",
    "bad_update_non_utf8",
    "bad_update_syntax",
    "bad_update_dataset_conflict",
)
"""Tests of the update operation, which is not served."""

GRAPH_STORE = {
    "head_on_an_existing_graph": _GRAPH,
    "head_on_a_nonexisting_graph": "test_what_no_graph_can_answer_gets_its_status",
}
"""Tests of reading by the Graph Store Protocol, likewise."""

GRAPH_STORE_WRITES = (
    "put__initial_state",
    "get_of_put__initial_state",
    "put__graph_already_in_store",
    "get_of_put__graph_already_in_store",
    "put__default_graph",
    "get_of_put__default_graph",
    "put__mismatched_payload",
    "delete__existing_graph",
    "get_of_delete__existing_graph",
    "delete__nonexistent_graph",
    "post__existing_graph",
    "get_of_post__existing_graph",
    "post__multipart_formdata",
    "get_of_post__multipart_formdata",
    "post__create__new_graph",
    "get_of_post__create__new_graph",
    "get_of_post__after_noop",
)
"""Its tests that write, or read what another of them has written."""

_DESCRIBED = "test_the_endpoint_describes_itself_where_nothing_is_asked"
SERVICE_DESCRIPTION = {
    "returns-rdf": _DESCRIBED,
    "has-endpoint-triple": _DESCRIBED,
    "conforms-to-schema": _DESCRIBED,
}
"""Tests of the service description, likewise."""
