"""Runs every command of docs/measuring.md that is marked cheap: measuring_page_test.py IPCLABD IPCLAB.

Without a server, as the page has it: each command starts one for itself.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest

from lab import SOURCES

IPCLABD, IPCLAB = sys.argv[1:3]
os.environ["PATH"] = os.pathsep.join([os.path.dirname(IPCLABD), os.path.dirname(IPCLAB),
                                      os.environ["PATH"]])


def Commands():
  """The lines of the marked blocks, without what is behind a #."""
  page = (SOURCES / "docs" / "measuring.md").read_text()
  blocks = re.findall(r"^```sh cheap\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
  lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
  return [line for line in lines if line]


class MeasuringPageTest(unittest.TestCase):

  def testCommandsDoWhatThePageSays(self):
    commands = Commands()
    self.assertGreater(len(commands), 5)
    with tempfile.TemporaryDirectory(prefix="ipclab-measuring-") as home:
      for command in commands:
        with self.subTest(command):
          run = subprocess.run(["bash", "-c", command], text=True, timeout=60,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={**os.environ, "HOME": home, "XDG_RUNTIME_DIR": home})
          self.assertEqual(run.returncode, 0, run.stdout)

  def testEveryWarningIsExplained(self):
    page = (SOURCES / "docs" / "measuring.md").read_text()
    proto = (SOURCES / "protos" / "ipclab" / "v1" / "experiment.proto").read_text()
    enum = re.search(r"enum Warning \{(.*?)^  \}", proto, re.MULTILINE | re.DOTALL).group(1)
    warnings = set(re.findall(r"^ +([A-Z_]+) = [1-9]", enum, re.MULTILINE))
    self.assertEqual(warnings, set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)))


if __name__ == "__main__":
  unittest.main(argv=sys.argv[:1], verbosity=2)
