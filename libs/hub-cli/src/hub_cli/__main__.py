"""`python -m hub_cli` is `hub`."""

from .main import app

app()
