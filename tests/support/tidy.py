"""Runs clang-tidy over folders of the tree: tidy.py BUILD_DIRECTORY FOLDER...

A file that was clean is not looked at again until it, a header of ours that it includes, its
compile command, .clang-tidy or clang-tidy itself changes: an empty file named by the hash of all
these lies in build/tidy. BUILD_DIRECTORY must be built, for ninja then knows the headers.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path.cwd()
CLEAN = ROOT / "build/tidy"
SECONDS_PER_FILE = 300


def ReadCommands(build):
  """Returns {source: its compile arguments} without what only g++ understands."""
  commands = {}
  for entry in json.loads((build / "compile_commands.json").read_text()):
    arguments = shlex.split(entry["command"])
    # clang takes g++'s precompiled header for its own and refuses it.
    for index, argument in enumerate(arguments):
      if argument == "-include" and arguments[index + 1].endswith("cmake_pch.hxx"):
        arguments[index] = arguments[index + 1] = "-Winvalid-pch"
    commands.setdefault(pathlib.Path(entry["file"]), arguments)
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


def HashOf(common, arguments, files):
  digest = hashlib.sha256(common)
  digest.update("\0".join(arguments).encode())
  for path in sorted(files):
    digest.update(hashlib.sha256(path.read_bytes()).digest())
  return digest.hexdigest()


def Tidy(source, arguments, mark):
  """Returns None when the file is clean, else what is to be shown."""
  try:
    run = subprocess.run(["clang-tidy", "--quiet", source, "--", *arguments[1:]], text=True,
                         capture_output=True, timeout=SECONDS_PER_FILE)
  except subprocess.TimeoutExpired:
    return f"{source}: clang-tidy took longer than {SECONDS_PER_FILE} s"
  if run.returncode != 0:
    return run.stdout or run.stderr  # stderr counts the warnings of system headers
  mark.touch()
  return None


def main():
  build = ROOT / sys.argv[1]
  folders = [ROOT / folder for folder in sys.argv[2:]]
  CLEAN.mkdir(parents=True, exist_ok=True)
  common = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
  common += (ROOT / ".clang-tidy").read_bytes()
  headers = ReadHeaders(build)

  work = []
  known = 0
  for source, arguments in ReadCommands(build).items():
    if not any(source.is_relative_to(folder) for folder in folders):
      continue
    known += 1
    files = headers.get(arguments[arguments.index("-o") + 1])
    if not files:
      sys.exit(f"{source} is not built; build {build} first")
    mark = CLEAN / HashOf(common, arguments, files)
    if not mark.exists():
      work.append((source, arguments, mark))

  print(f"{known} files, {len(work)} of them new or changed", flush=True)
  failed = 0
  with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    runs = {pool.submit(Tidy, *item): item[0] for item in work}
    for done, run in enumerate(concurrent.futures.as_completed(runs), 1):
      print(f"[{done}/{len(work)}] {runs[run].relative_to(ROOT)}", flush=True)
      if run.result() is not None:
        failed += 1
        print(run.result(), flush=True)
  if failed:
    sys.exit(f"clang-tidy: {failed} files are not clean")


if __name__ == "__main__":
  main()
