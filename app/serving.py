"""The service as it is run, and the contract that is written from it."""

import gc
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from rich.console import Console

from app import contract
from app.jobs.beside import worker_beside
from app.main import create_app
from app.settings import Settings

console = Console()

GARBAGE_LOOKED_FOR_AFTER = 20_000
"""Allocations: a request makes many objects and hardly any cycles."""


def application() -> FastAPI:
    """The service, as uvicorn's workers build it; what is loaded by now is never garbage."""
    app = create_app(Settings())
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_LOOKED_FOR_AFTER)
    return app


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes", min=1)] = 1,
) -> None:
    """Serve the API, with a worker beside it unless GRID_JOBS=false."""
    with worker_beside(Settings()):
        uvicorn.run(
            "app.serving:application",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            log_level="warning",
            proxy_headers=True,
            server_header=False,
        )


def write_contract() -> None:
    """Write mobile_contract/ anew from the code: openapi, schemas, examples, errors, regulation."""
    console.print(f"{contract.write(create_app(Settings()))} files in mobile_contract/")
