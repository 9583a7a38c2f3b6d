"""The application: its parts, its routes, and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from narrowcast.server import description, health
from narrowcast.server.addresses import API
from narrowcast.server.api import root_routers, routers
from narrowcast.server.bodies import BodyLimits
from narrowcast.server.context import open_context
from narrowcast.server.describing import describe, operation_id
from narrowcast.server.guard import Guard
from narrowcast.server.problems import install_problems
from narrowcast.server.requests import Requests
from narrowcast.server.web import Pages
from narrowcast.server.web.pages import page_routers
from narrowcast.server.web.static_files import static_files
from narrowcast.settings import Settings
from narrowcast.version import __version__


def create_app(settings: Settings) -> FastAPI:
    """The server's ASGI application; its parts are opened when it starts and given back when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_context(settings) as context:
            app.state.context = context
            yield

    app = FastAPI(
        title="Narrowcast",
        version=__version__,
        summary="Turns what a person has to read into episodes to listen to.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
    )
    describe(app)
    install_problems(app)
    app.add_middleware(BodyLimits)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Requests)
    app.include_router(health.router)
    app.state.pages = Pages()
    app.mount("/static", static_files(), name="static")
    # First, for routes are tried in order, and players ask for these most.
    for router in root_routers():
        app.include_router(router)
    app.include_router(description.router, prefix=API)
    for router in routers():
        app.include_router(router, prefix=API)
    for router in page_routers():
        app.include_router(router)
    return app
