"""Counts the cases of a ctest run: count_cases.py JUNIT_XML prints "passed failed skipped".

A program of GoogleTest counts case by case; any other test counts as one. A program that failed
without a failed case died, hung or never started, and counts as one failure more.
"""

import re
import sys
import xml.etree.ElementTree as xml

# As GoogleTest writes it when a case ends; its closing list of failures has no times. A child's
# output may stand before it on the same line.
CASE = re.compile(r"\[( {7}OK|  FAILED |  SKIPPED) \] .+ \(\d+ ms\)$", re.MULTILINE)


def Count(test):
  """Returns (passed, failed, skipped) of one ctest test."""
  ends = [end.strip() for end in CASE.findall(test.findtext("system-out") or "")]
  passed, failed, skipped = ends.count("OK"), ends.count("FAILED"), ends.count("SKIPPED")
  status = test.get("status")
  reason = test.find("skipped")
  if status == "run":
    return (passed or not skipped, failed, skipped)
  if status == "disabled" or (reason is not None and reason.get("message", "").startswith("SKIP_")):
    return (passed, failed, skipped or 1)
  return (passed, failed or 1, skipped)


def main():
  tests = xml.parse(sys.argv[1]).iter("testcase")
  print(*(sum(column) for column in zip((0, 0, 0), *map(Count, tests))))


if __name__ == "__main__":
  main()
