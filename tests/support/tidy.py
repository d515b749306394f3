"""Runs clang-tidy over folders of the tree: tidy.py BUILD_DIRECTORY FOLDER...

A file that was clean is not looked at again until it, a header of ours that it includes, its
compile command, .clang-tidy or clang-tidy itself changes: an empty file named by the hash of all
these lies in build/tidy. BUILD_DIRECTORY must be built, for ninja then knows the headers.
"""

import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path.cwd()
CLEAN = ROOT / "build/tidy"
SECONDS_PER_FILE = 300
BATCH = 16
HEADERS = r"(common|worker|server|clients|tests)/.*\.(h|cc)$"  # what findings are shown of


INCLUDED = re.compile(r'^#include "(.*)"$', re.MULTILINE)
INCLUDES = re.compile(r'^#include [<"].*[>"]$', re.MULTILINE)
# A name of a source's own: a type, a constant or a function that a line begins with.
OWN_NAME = re.compile(
    r"^(?:(?:class|struct|enum|enum class) (\w+)\b(?!;)|using (\w+) =|"
    r"(?:[\w:]+[\w:<>,&* ]*[ >&*])(k[A-Z]\w*)(?= = |\{)|"
    r"(?!return\b)(?:[\w:]+[\w:<>,&* ]*[ >&*])([A-Z]\w*)\()", re.MULTILINE)


def ReadCommands(build):
  """Returns {source: (its compile arguments, all sources of that compilation)}, without what only
  g++ understands. In a unity build one compilation has many sources.
  """
  commands = {}
  for entry in json.loads((build / "compile_commands.json").read_text()):
    arguments = shlex.split(entry["command"])
    # clang takes g++'s precompiled header for its own and refuses it.
    for index, argument in enumerate(arguments):
      if argument == "-include" and arguments[index + 1].endswith("cmake_pch.hxx"):
        arguments[index] = arguments[index + 1] = "-Winvalid-pch"
    compiled = pathlib.Path(entry["file"])
    sources = [compiled]
    if compiled.parent.name == "Unity":
      sources = [pathlib.Path(each) for each in INCLUDED.findall(compiled.read_text())]
    for source in sources:
      its = [str(source) if each == entry["file"] else each for each in arguments]
      commands.setdefault(source, (its, sources))
  return commands


def ReadHeaders(build):
  """Returns {object: the files of this tree that it was compiled from}, as ninja recorded them."""
  headers = {}
  deps = subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, capture_output=True,
                        text=True).stdout
  for line in deps.splitlines():
    if line.startswith("    "):
      path = pathlib.Path(os.path.normpath(build / line.strip()))
      if path.is_relative_to(ROOT) and path.suffix != ".gch":
        current.append(path)
    elif line:
      current = headers.setdefault(line.split(": #deps")[0], [])
  return headers


def HashOf(common, source, arguments, files):
  digest = hashlib.sha256(common)
  digest.update("\0".join([str(source), *Shared(source, arguments)]).encode())
  for path in sorted(files):
    digest.update(hashlib.sha256(path.read_bytes()).digest())
  return digest.hexdigest()


def Batches(work):
  """Groups what lies in one folder and is compiled alike: most of a look goes to the headers."""
  alike = {}
  for item in work:
    source, arguments, _ = item
    alike.setdefault((source.parent, *Shared(source, arguments)), []).append(item)
  for group in alike.values():
    count = -(-len(group) // BATCH)
    yield from (group[first::count] for first in range(count))


def Shared(source, arguments):
  """What other files of its target are compiled with too: all but names of files of its own."""
  made = arguments[arguments.index("-o") + 1]
  return [each for each in arguments if each not in (str(source), made, made + ".d")]


def Look(source, arguments):
  return subprocess.run(
      ["clang-tidy", "--quiet", "--header-filter", HEADERS, source, "--", *arguments[1:]], text=True,
      capture_output=True, timeout=SECONDS_PER_FILE)


def Together(sources):
  """Returns one source with the texts of all of these, behind their headers. A name of its own that
  one of them has in common with another is another name in each. Not by macros: many checks leave
  alone what comes out of one.
  """
  texts = {source: source.read_text() for source in sources}
  own = {source: {name for match in OWN_NAME.findall(text) for name in match if name}
         for source, text in texts.items()}
  shared = {name for name, count in
            collections.Counter(name for names in own.values() for name in names).items()
            if count > 1}
  parts = sorted({line for text in texts.values() for line in INCLUDES.findall(text)})
  for number, (source, text) in enumerate(texts.items()):
    for name in own[source] & shared:
      text = re.sub(rf"\b{name}\b", f"{name}_{number}", text)
    parts.append(INCLUDES.sub("", text))
  return "\n".join(parts)


def TidyTogether(batch):
  """Returns what is to be shown of the files of a batch, as one source that includes them all."""
  if len(batch) == 1:
    return Tidy(*batch[0])
  digest = hashlib.sha256("".join(mark.name for _, _, mark in batch).encode()).hexdigest()
  together = CLEAN / f"{digest}.cc"
  together.write_text(Together([source for source, _, _ in batch]))
  try:
    run = Look(together, [together if each == str(batch[0][0]) else each for each in batch[0][1]])
  except subprocess.TimeoutExpired:
    run = None
  finally:
    together.unlink()
  if run is not None and run.returncode == 0:
    for _, _, mark in batch:
      mark.touch()
    return ""
  # A finding, or a name that two of them have: what is named is looked at alone.
  named = [item for item in batch if run is None or f"{item[0]}:" in run.stdout]
  rest = [item for item in batch if named and item not in named]
  return "".join(Tidy(*item) for item in named or batch) + (TidyTogether(rest) if rest else "")


def Tidy(source, arguments, mark):
  """Returns what is to be shown of a file: nothing when it is clean."""
  try:
    run = Look(source, arguments)
  except subprocess.TimeoutExpired:
    return f"{source}: clang-tidy took longer than {SECONDS_PER_FILE} s\n"
  if run.returncode != 0:
    return run.stdout or run.stderr  # stderr counts the warnings of system headers
  mark.touch()
  return ""


def main():
  build = ROOT / sys.argv[1]
  folders = [ROOT / folder for folder in sys.argv[2:]]
  CLEAN.mkdir(parents=True, exist_ok=True)
  common = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
  common += (ROOT / ".clang-tidy").read_bytes()
  headers = ReadHeaders(build)

  work = []
  known = 0
  for source, (arguments, sources) in ReadCommands(build).items():
    if not any(source.is_relative_to(folder) for folder in folders):
      continue
    known += 1
    files = headers.get(arguments[arguments.index("-o") + 1])
    if not files:
      sys.exit(f"{source} is not built; build {build} first")
    # What others of the same compilation include counts too, for ninja knows no better.
    files = set(files).difference(sources) | {source}
    mark = CLEAN / HashOf(common, source, arguments, files)
    if not mark.exists():
      work.append((source, arguments, mark))

  print(f"{known} files, {len(work)} of them new or changed", flush=True)
  findings = 0
  with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    runs = {pool.submit(TidyTogether, batch): batch for batch in Batches(work)}
    done = 0
    for run in concurrent.futures.as_completed(runs):
      done += len(runs[run])
      print(f"[{done}/{len(work)}] {runs[run][0][0].parent.relative_to(ROOT)}", flush=True)
      if run.result():
        findings += 1
        print(run.result(), flush=True)
  if findings:
    sys.exit("clang-tidy: not clean, as said above")


if __name__ == "__main__":
  main()
