"""Shared parts of the web application: request context, responses, problem documents, negotiation."""
