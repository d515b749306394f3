"""What the tests of the examples share: a server of their own, and a checkout to run in.

  with Checkout() as checkout:       # so that nothing is made in the sources
    with Server([ipclabd, ...], home) as server: server.Await(1).addresses
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

SOURCES = pathlib.Path(__file__).parent.parent.parent
SKIPPED = 77

# npm's words for a host without a way to its registry.
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


class Checkout:
  """Where examples lie as in the sources, and may make files beside them."""

  def __enter__(self):
    self._folder = tempfile.TemporaryDirectory(prefix="ipclab-examples-")
    self.path = pathlib.Path(self._folder.name)
    (self.path / "protos").symlink_to(SOURCES / "protos")
    for language in ("node", "python"):
      shutil.copytree(SOURCES / "clients" / language, self.path / "clients" / language,
                      ignore=shutil.ignore_patterns("node_modules", "stubs", "__pycache__"))
    return self

  def __exit__(self, *_):
    self._folder.cleanup()

  def Prepare(self, language, work):
    """Makes what the example needs. Returns why that cannot be done here; empty when it is done."""
    folder = self.path / "clients" / language / "examples"
    if language == "python":
      subprocess.run(["make", "-s", "-C", folder], check=True)
      return ""
    npm = subprocess.run(["npm", "ci"], cwd=folder, env=NpmEnvironment(work),
                         text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if npm.returncode == 0:
      return ""
    if NpmIsAlone(npm.stdout):
      return "npm cannot reach its registry"
    raise RuntimeError(f"npm ci failed:\n{npm.stdout}")


def NpmEnvironment(work):
  """For npm to fetch a package but once, as it keeps it in work, and to give up soon."""
  return {**os.environ, "npm_config_cache": f"{work}/npm", "npm_config_prefer_offline": "true",
          "npm_config_fetch_retries": "1", "npm_config_fetch_retry_mintimeout": "1000"}


def NpmIsAlone(said):
  """True when npm complains that it has no network."""
  return any(line.startswith("npm ") and any(word in line for word in NO_NETWORK)
             for line in said.splitlines())


def Missing(*programs):
  """Those that are not installed."""
  return [program for program in programs if shutil.which(program) is None]


class Server:
  """An ipclabd with a home folder of its own. It must end well when it is told to."""

  def __init__(self, command, home, folder=None):
    self._process = subprocess.Popen(
        command, cwd=folder or home, text=True, stdout=subprocess.PIPE,
        env={**os.environ, "HOME": str(home), "XDG_STATE_HOME": "", "XDG_RUNTIME_DIR": str(home)})
    self._expected = 0
    self.addresses = []

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self._process.terminate()
    self._process.stdout.close()
    status = self._process.wait(timeout=30)
    if status != self._expected:
      raise AssertionError(f"ipclabd ended with {status}")

  def Kill(self):
    self._process.kill()
    self._expected = -signal.SIGKILL

  def Await(self, number):
    """Waits until it listens on so many addresses; when its output ends, it never will."""
    while len(self.addresses) < number:
      line = self._process.stdout.readline()
      if not line:
        raise AssertionError("ipclabd does not listen")
      if line.startswith("listening on "):
        self.addresses.append(line.split()[-1])
    return self
