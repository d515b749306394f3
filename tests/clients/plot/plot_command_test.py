"""The real `ipclab plot`: exit codes, well-formed files, whole or not at all.

plot_command_test.py IPCLAB
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom

IPCLAB = sys.argv.pop()
SAMPLES = pathlib.Path(__file__).with_name("sample_results.py")
KINDS = ["bars", "spectrum", "ecdf", "trials", "series", "heat"]
NAMES = {
    "bars": "Latency and cost",
    "spectrum": "Percentile spectrum",
    "ecdf": "Cumulative distribution (ECDF)",
    "trials": "Trials",
    "series": "Latency over time",
    "heat": "Heat map of latency over time",
}


def samples(*words):
    made = subprocess.run([sys.executable, SAMPLES, *words], capture_output=True, check=True)
    return made.stdout.decode()


def groups(svg):
    return [g.getAttribute("aria-label") for g in xml.dom.minidom.parseString(svg).getElementsByTagName("g")]


class PlotCommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def plot(self, *words, stdin=""):
        return subprocess.run([IPCLAB, "plot", *words], input=stdin, capture_output=True, text=True, timeout=60)

    def assert_fails(self, ran, code, text):
        self.assertEqual(ran.returncode, code, ran.stderr)
        self.assertEqual(ran.stdout, "")
        self.assertIn(text, ran.stderr)

    def test_all_pictures_that_the_data_supports_stand_in_one_file(self):
        results = self.file("r.json", samples("pipe", "spsc_ring"))
        out = self.folder / "out.svg"
        ran = self.plot(results, "-o", str(out))
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(ran.stdout, "")
        self.assertEqual(groups(out.read_text()), [NAMES[kind] for kind in KINDS] + ["Circumstances"])

    def test_every_kind_alone(self):
        results = self.file("r.json", samples("pipe", "--trials", "3", "--per-slice", "300"))
        for kind in KINDS:
            ran = self.plot(results, "--kind", kind)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(groups(ran.stdout), [NAMES[kind], "Circumstances"])

    def test_one_trial_forty_items_and_a_range_from_nothing_to_an_hour(self):
        one = samples("pipe", "--trials", "1", "--slices", "1", "--per-slice", "1")
        forty = samples("--items", "40", "--trials", "2", "--slices", "2", "--per-slice", "40")
        wide = json.dumps({"mechanism": "wide", "latencyNanos": {"p50": 0, "p99": 3.6e12},
                           "cpuNanosPerMessage": 0,
                           "histogram": {"indexes": [0, 33000], "counts": [10**9, 1]}})
        for text in (one, forty, wide, wide + "\n" + one):
            ran = self.plot("-", stdin=text)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            xml.dom.minidom.parseString(ran.stdout)
            for word in ("nan", "inf"):
                self.assertNotIn(f'"{word}', ran.stdout)

    def test_an_empty_histogram_is_no_distribution(self):
        line = json.dumps({"mechanism": "pipe", "messagesPerSecond": 5,
                           "histogram": {"indexes": [], "counts": []},
                           "trialResults": [{"slices": [{"lengthNanos": 1}]}]})
        ran = self.plot("-", stdin=line)
        self.assertEqual(groups(ran.stdout), [NAMES["bars"], "Circumstances"])
        self.assert_fails(self.plot("-", "--kind", "spectrum", stdin=line), 1, "spectrum cannot be drawn")
        self.assert_fails(self.plot("-", "--kind", "series", stdin=line), 1, "--duration 1s")

    def test_the_same_results_make_the_same_bytes(self):
        text = samples("pipe", "tcp", "--trials", "3", "--per-slice", "300")
        self.assertEqual(self.plot("-", stdin=text).stdout, self.plot("-", stdin=text).stdout)

    def test_usage_errors(self):
        results = self.file("r.json", samples("pipe", "--trials", "1", "--per-slice", "10"))
        self.assertEqual(self.plot().returncode, 2)
        self.assert_fails(self.plot(results, "--kind", "pie"), 2, '--kind: "pie" is no picture')
        self.assert_fails(self.plot("-", "-"), 2, "can be read only once")

    def test_results_are_not_overwritten_by_their_picture(self):
        text = samples("pipe", "--trials", "1", "--per-slice", "10")
        results = self.file("r.json", text)
        link = str(self.folder / "link")
        os.symlink(results, link)
        for out in (results, link):
            self.assert_fails(self.plot(results, "-o", out), 2, "write the picture to another file")
        with open(results) as opened:
            ran = subprocess.run([IPCLAB, "plot", "-", "-o", results], stdin=opened,
                                 capture_output=True, text=True, timeout=60)
        self.assert_fails(ran, 2, "write the picture to another file")
        self.assertEqual(pathlib.Path(results).read_text(), text)
        self.assertEqual(self.plot(results, "-o", os.devnull).returncode, 0)

    def test_files_that_are_no_results(self):
        self.assert_fails(self.plot(str(self.folder / "none")), 1, "No such file")
        self.assert_fails(self.plot(self.file("t", "text")), 1, "/t:1: this line is no JSON object")
        self.assert_fails(self.plot(self.file("e", "")), 1, "there is nothing to draw")

    def test_a_failure_leaves_no_file_and_the_old_one_as_it_was(self):
        out = self.file("out.svg", "old")
        self.assert_fails(self.plot(self.file("t", "text"), "-o", out), 1, "t:1")
        self.assertEqual(pathlib.Path(out).read_text(), "old")
        self.assert_fails(self.plot(self.file("r", '{"mechanism":"a","messagesPerSecond":1}'),
                                    "-o", str(self.folder / "none" / "x")), 1, "nothing was drawn")
        self.assertEqual(sorted(os.listdir(self.folder)), ["out.svg", "r", "t"])

    def test_json_tells_what_was_written(self):
        results = self.file("r.json", '{"mechanism":"a","messagesPerSecond":1}')
        out = str(self.folder / "x.svg")
        told = json.loads(self.plot(results, "-o", out, "--json").stdout)
        self.assertEqual(told, {"file": out, "kinds": ["bars"], "items": 1,
                                "bytes": str(os.path.getsize(out))})
        error = json.loads(self.plot(results, "--kind", "x", "--json").stdout)["error"]
        self.assertEqual(error["class"], "USAGE")


if __name__ == "__main__":
    unittest.main(argv=sys.argv)
