"""The Python packages of tests/requirements.txt, which ./lab test puts into build/venv."""

import os
import pathlib
import sys

VENV = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "venv"


def Enter():
  """Starts the script again with the packages of build/venv; without that folder does nothing."""
  python = VENV / "bin" / "python3"
  if python.exists() and pathlib.Path(sys.prefix).resolve() != VENV:
    os.execv(python, [str(python), *sys.argv])
