"""Runs every block of clients/README.md as it is: readme_test.py IPCLABD IPCLAB TOOLS WORK.

The block marked "server" starts the server; all that changes in it is the port, 7777, which becomes
one of the system's choice. The unmarked block goes before each of the others.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from lab import Checkout, Missing, NpmEnvironment, NpmIsAlone, Server, SOURCES

IPCLABD, IPCLAB, TOOLS, WORK = sys.argv[1:5]
PROGRAMS = os.pathsep.join([os.path.dirname(IPCLABD), os.path.dirname(IPCLAB), TOOLS])
os.environ["PATH"] = PROGRAMS + os.pathsep + os.environ["PATH"]


def Blocks():
  """{mark: commands} of the page."""
  page = (SOURCES / "clients" / "README.md").read_text()
  return {mark: text for mark, text in re.findall(r"^```sh ?(\w*)\n(.*?)^```$", page,
                                                  re.MULTILINE | re.DOTALL)}


class ReadmeTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory(prefix="ipclab-readme-")
    self.addCleanup(folder.cleanup)
    self.home = pathlib.Path(folder.name)
    self.checkout = self.enterContext(Checkout()).path

  def testNoBlockIsForgotten(self):
    self.assertEqual(sorted(Blocks()), ["", "grpcurl", "node", "python", "server"])

  def testGrpcurl(self):
    self.Need("grpcurl")
    said = self.RunBlock("grpcurl")
    self.assertIn("rpc StepExperiment", said)
    self.assertIn('"steps": "100"', said)
    self.assertIn('"state": "SUCCEEDED"', said)

  def testPython(self):
    self.Need("make", "protoc", "grpc_python_plugin", "/usr/bin/python3")
    self.assertRegex(self.RunBlock("python"), r"run to its end +\d+")

  def testNode(self):
    self.Need("node", "npm")
    self.assertRegex(self.RunBlock("node"), r"run to its end +\d+")

  def Need(self, *programs):
    missing = Missing(*programs)
    if missing:
      self.skipTest(f"without {', '.join(missing)}")

  def RunBlock(self, mark):
    blocks = Blocks()
    start = "set -eu\n" + blocks["server"].replace(":7777", ":0").replace("ipclabd", "exec ipclabd")
    with Server(["bash", "-c", start], self.home, self.checkout) as server:
      port = server.Await(1).addresses[0].rpartition(":")[2]
      commands = f"set -euo pipefail\n{blocks['']}\n{blocks[mark]}".replace(":7777", f":{port}")
      run = subprocess.run(["bash", "-c", commands], cwd=self.checkout, text=True, timeout=120,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           env={**NpmEnvironment(WORK), "HOME": str(self.home)})
    if run.returncode != 0 and NpmIsAlone(run.stdout):
      self.skipTest("npm cannot reach its registry")
    self.assertEqual(run.returncode, 0, run.stdout)
    return run.stdout


if __name__ == "__main__":
  unittest.main(argv=sys.argv[:1], verbosity=2)
