"""The desk as a web application: before the one for readers, which never loads it, and answers everything else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files

from flask import Flask, Response
from jinja2 import ChoiceLoader, FileSystemLoader

from coopgraph.context import AppContext
from coopgraph.curation.present_workspace import PresentWorkspace
from coopgraph.database.database import desk_database
from coopgraph.dataset.tree import locate
from coopgraph.desk import pages, submissions_endpoint
from coopgraph.desk.accounts import Accounts
from coopgraph.desk.identity import Identity
from coopgraph.desk.publisher import Publisher
from coopgraph.desk.publishing_process import PublishingProcess
from coopgraph.desk.review import Review
from coopgraph.http.asgi import ASGIApplication, Receive, Scope, Send
from coopgraph.http.origin import Origin
from coopgraph.model.language import LANGUAGES
from coopgraph.web.common import problems
from coopgraph.web.common.accept import BoundedRequest
from coopgraph.web.common.origin import StatedOrigin
from coopgraph.web.common.responses import protect
from coopgraph.web.common.spool_quota import SpoolQuota
from coopgraph.web.common.wsgi_adapter import WsgiAdapter, path_info

THREADS = 4
"""Requests to the desk that are worked on at once."""

_OWN = re.compile(rf"(?:/(?:{'|'.join(map(re.escape, LANGUAGES))}))?/desk(?:/|$)|/submissions(?:/|$)")


class WithDesk:
    """``application`` with the desk of the tree that the settings of ``app_context`` mean; one of ASGI as well."""

    def __init__(self, application: ASGIApplication, app_context: AppContext) -> None:
        settings = app_context.settings
        self._application = application
        self._workspace = PresentWorkspace(locate(settings), input_size=settings.input_size)
        self._publishing = PublishingProcess(settings)
        self._flask = WsgiAdapter(
            create_desk(app_context, self._workspace, self._publishing).wsgi_app,
            threads=THREADS,
            body_limit=settings.upload_size,
            quota=SpoolQuota(settings.sending_size),
        )
        self._workspace.begin()
        self._publishing.start()
        # What was left when the service last ended.
        if Publisher(desk_database(app_context.var), self._workspace.tree, app_context.var, now=_now).pending():
            self._publishing.wake()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked of the desk; pass on the rest."""
        if scope["type"] == "http" and _OWN.match(path_info(scope)):
            self._publishing.expect()
            await self._flask.answer(scope, receive, send, {})
        else:
            await self._application(scope, receive, send)

    def close(self) -> None:
        """Take no more requests, and give back every process."""
        self._flask.close()
        self._publishing.close()
        self._workspace.close()


def create_desk(app_context: AppContext, workspace: PresentWorkspace, publishing: PublishingProcess) -> Flask:
    """Return the desk's application (WSGI)."""
    web = files("coopgraph.web")
    app = Flask("coopgraph.desk", static_folder=str(web.joinpath("static")), static_url_path="/static")
    app.request_class = BoundedRequest
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = app_context.settings.upload_size
    app.url_map.strict_slashes = False
    own = FileSystemLoader(str(files("coopgraph.desk").joinpath("templates")))
    app.jinja_loader = ChoiceLoader([own, FileSystemLoader(str(web.joinpath("templates")))])
    accounts = Accounts(desk_database(app_context.var))
    identity = Identity(accounts, _now)
    review = Review(desk_database(app_context.var), workspace, alone=app_context.settings.review_alone, now=_now)
    app.register_blueprint(submissions_endpoint.blueprint(identity, review, publishing.wake))
    app.register_blueprint(pages.blueprint(app_context, accounts, identity, review, workspace, publishing.wake))
    problems.install_problems(app)
    app.after_request(_private)
    app.after_request(protect)
    # Not compressed: a page that shows what was typed beside the token of its forms would tell it by its length.
    app.wsgi_app = StatedOrigin(app.wsgi_app, Origin(app_context.settings))  # type: ignore[method-assign]
    return app


def _private(response: Response) -> Response:
    """Keep what the desk says out of every cache and of other origins' pages."""
    response.headers["Cache-Control"] = "no-store"
    response.headers.pop("Access-Control-Allow-Origin", None)
    response.headers.pop("Access-Control-Expose-Headers", None)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="coopgraph"'
    return response


def _now() -> datetime:
    return datetime.now(UTC)
