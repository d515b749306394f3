"""Does what docs/adding_a_mechanism.md says, block by block, with a copy of the worker's sources:
adding_a_mechanism_test.py SOURCES BUILD WORK.

Only what "ninja" does there is done another way: what BUILD has compiled already is linked again
with the few files that are new or changed, for a build from nothing would take minutes.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import unittest

SOURCES, BUILD, WORK = (pathlib.Path(each).resolve() for each in sys.argv[1:4])
SKIPPED = 77

# Not one of a name of its own: ccache knows the files by their paths.
CHECKOUT = WORK / "toy_checkout"
RELEASE = CHECKOUT / "build" / "release"


def Blocks():
  """[(language, mark, text)] of the page, in order."""
  page = (SOURCES / "docs" / "adding_a_mechanism.md").read_text()
  return re.findall(r"^```(\w+) (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


class Build:
  """Compiles and links with BUILD's own commands."""

  def __init__(self):
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    self._commands = {each["file"]: shlex.split(each["command"]) for each in commands}
    self._objects = {}  # of changed files, by BUILD's object that they stand for
    self._new = []

  def CompileWorker(self):
    """What worker/CMakeLists.txt names and is not in the sources, or not the same."""
    listed = (CHECKOUT / "worker" / "CMakeLists.txt").read_text()
    for name in sorted(set(re.findall(r"[\w/]+\.cc\b", listed))):
      copy, original = CHECKOUT / "worker" / name, SOURCES / "worker" / name
      if not original.exists() or copy.read_bytes() != original.read_bytes():
        model = original if original.exists() else SOURCES / "worker/mechanisms/null.cc"
        self._new.append(self._Compile(model, copy, ["-I" + str(CHECKOUT)]))

  def CompileTests(self):
    """Tests that start a worker know its path since they were compiled: it is another one now."""
    worker = f'-DIPCLAB_WORKER="{RELEASE}/bin/ipclab-worker"'
    for test in sorted((SOURCES / "tests" / "conformance").glob("*_test.cc")):
      if "IPCLAB_WORKER" not in test.read_text():
        continue
      made = self._Compile(test, test, ["-UIPCLAB_WORKER", worker])
      self._objects[f"tests/conformance/CMakeFiles/conformance_test.dir/{test.name}.o"] = made

  def Link(self, program):
    said = subprocess.run(["ninja", "-C", str(BUILD), "-t", "commands", program], check=True,
                          text=True, stdout=subprocess.PIPE).stdout
    command = said.strip().splitlines()[-1]
    # Objects come before the archives, so that of the archives' own lists none is taken.
    command = command.replace(f" -o {program} ", f" -o {RELEASE / program} {' '.join(self._new)} ")
    for old, new in self._objects.items():
      command = command.replace(f" {old} ", f" {new} ")
    Run(command, BUILD)

  def _Compile(self, model, source, flags):
    words = list(self._commands[str(model)])
    target = str(CHECKOUT / "objects" / (source.relative_to(source.parents[2]).as_posix()
                                         .replace("/", "_") + ".o"))
    for flag, value in (("-o", target), ("-c", str(source)), ("-MF", target + ".d"),
                        ("-MT", target)):
      if flag in words:
        words[words.index(flag) + 1] = value
    words = [word for word in words if not (word.startswith("-DIPCLAB_WORKER=") and flags[1:])]
    # The copy's headers come before those of the sources.
    first = next(i for i, word in enumerate(words) if word.startswith("-I"))
    words[first:first] = flags
    Run(shlex.join(words), BUILD)
    return target


def Run(command, folder):
  run = subprocess.run(["bash", "-c", f"set -euo pipefail\n{command}"], cwd=folder, text=True,
                       timeout=120, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
  if run.returncode != 0:
    raise AssertionError(f"{command}\nfailed:\n{run.stdout}")
  return run.stdout


class AddingAMechanismTest(unittest.TestCase):

  def testThePageIsRightWordForWord(self):
    shutil.rmtree(CHECKOUT, ignore_errors=True)
    self.addCleanup(shutil.rmtree, CHECKOUT, ignore_errors=True)
    for folder in (RELEASE / "bin", RELEASE / "tests", CHECKOUT / "objects", CHECKOUT / "docs"):
      folder.mkdir(parents=True)
    shutil.copytree(SOURCES / "worker", CHECKOUT / "worker")
    shutil.copy(SOURCES / "docs" / "mechanisms.md", CHECKOUT / "docs")
    for program in ("ipclab", "ipclabd"):  # no links: they look for the worker beside themselves
      shutil.copy(BUILD / "bin" / program, RELEASE / "bin")

    said = {}
    for language, mark, text in Blocks():
      if language == "cpp":
        self.assertFalse((CHECKOUT / mark).exists())
        (CHECKOUT / mark).write_text(text)
      elif mark == "build":
        self.Build(text)
      else:
        said[mark] = Run(text, CHECKOUT)

    self.assertEqual(sorted(said), ["conformance", "docs", "list", "look"])
    self.assertRegex(said["conformance"], r"\[  PASSED  \] (1[0-9]|[2-9][0-9]) tests")
    self.assertNotIn("SKIPPED", said["conformance"])
    self.assertIn("the example of how to add one", said["look"])
    self.assertRegex(said["look"], r"toy +4 KiB +spin +[0-9.]+ [nu]s")
    self.assertIn("## `toy`", (CHECKOUT / "docs" / "mechanisms.md").read_text())

  def Build(self, text):
    build = Build()
    build.CompileWorker()
    build.CompileTests()
    for target in text.split()[3:]:
      build.Link(f"bin/{target}" if target == "ipclab-worker" else f"tests/{target}")


if __name__ == "__main__":
  if not (BUILD / "build.ninja").exists() or shutil.which("ninja") is None:
    print("skipped: without ninja")
    sys.exit(SKIPPED)
  os.environ.pop("IPCLAB_SERVER", None)  # so that a private server is started
  unittest.main(argv=sys.argv[:1], verbosity=2)
