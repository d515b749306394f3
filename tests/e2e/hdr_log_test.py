"""What HdrHistogram's own library reads in the server's logs: hdr_log_test.py IPCLABD.

Exits with 77 where the Python packages that it needs are missing.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import test_packages

test_packages.Enter()
try:
  from generic_client import GenericClient, PROTOS
  from hdrh.histogram import HdrHistogram
  from hdrh.log import HistogramLogReader
except ImportError as error:
  print(f"skipped: {error}; ./lab test installs what tests need, given a network")
  sys.exit(77)
if not PROTOS.is_dir():
  print("skipped: no reflection.proto; apt-get install grpc-proto")
  sys.exit(77)

EXPERIMENTS = "ipclab.v1.ExperimentService"
HOUR = 3_600_000_000_000


class HdrLogTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    os.chmod(folder.name, 0o700)
    self.folder = pathlib.Path(folder.name)
    address = f"unix:{folder.name}/server.sock"
    server = subprocess.Popen(
        [IPCLABD, "--listen", address, "--state-dir", f"{folder.name}/state"],
        env={**os.environ, "XDG_RUNTIME_DIR": folder.name}, stdout=subprocess.PIPE, text=True)
    self.addCleanup(server.stdout.close)
    self.addCleanup(server.wait, timeout=30)
    self.addCleanup(server.terminate)
    self.assertEqual(server.stdout.readline(), f"listening on {address}\n")
    self.client = GenericClient(address)
    self.addCleanup(self.client.Close)

  def Export(self, name, form):
    pieces = self.client.Stream(f"{EXPERIMENTS}/ExportExperiment", {"name": name, "format": form})
    return b"".join(base64.b64decode(piece["data"]) for piece in pieces)

  def Finish(self, name):
    for _ in self.client.Stream(f"{EXPERIMENTS}/WatchExperiment", {"name": name}):
      pass

  def Measure(self, pattern, message_bytes, steps):
    """A measurement of so many steps, then free; its latencies by tag, and what the log holds."""
    measure = {"mechanism": "pipe", "pattern": pattern, "messageBytes": message_bytes,
               "messages": 50_000}
    name = self.client.Call(f"{EXPERIMENTS}/CreateExperiment",
                            {"spec": {"measure": measure}})["name"]
    for event in self.client.Stream(f"{EXPERIMENTS}/WatchExperiment", {"name": name}):
      state = (event.get("snapshot") or {}).get("state") or (event.get("stateChange") or {}).get("to")
      if state == "READY":
        break
    if steps:
      self.client.Call(f"{EXPERIMENTS}/StepExperiment", {"name": name, "count": steps})
    self.client.Call(f"{EXPERIMENTS}/RunExperiment", {"name": name})
    self.Finish(name)
    result = json.loads(self.Export(name, "JSON"))["result"]
    latencies = {}
    for prefix, key in (("", "metrics"), ("stepped_", "steppedMetrics")):
      for latency in result.get(key, {}).get("latencies", []):
        latencies[prefix + latency["kind"].lower()] = latency
    path = self.folder / "log"
    path.write_bytes(self.Export(name, "HDR_LOG"))
    reader = HistogramLogReader(str(path), HdrHistogram(1, HOUR, 3))
    self.addCleanup(reader.close)
    histograms = {}
    while (histogram := reader.get_next_interval_histogram()) is not None:
      self.assertNotIn(histogram.get_tag(), histograms)
      histograms[histogram.get_tag()] = histogram
    return latencies, histograms

  def ExpectTheSame(self, latency, histogram):
    """Every count at its index, and the extremes as far as buckets tell them apart."""
    expected = dict(zip(latency["histogram"]["indexes"], map(int, latency["histogram"]["counts"])))
    got = {index: histogram.get_count_at_index(index)
           for index in range(histogram.counts_len) if histogram.get_count_at_index(index)}
    self.assertEqual(got, expected)
    self.assertEqual(histogram.get_total_count(), int(latency["count"]))
    self.assertEqual(
        histogram.get_min_value(), histogram.get_lowest_equivalent_value(int(latency["minNanos"])))
    self.assertTrue(
        histogram.values_are_equivalent(histogram.get_max_value(), int(latency["maxNanos"])))
    self.assertEqual(histogram.highest_trackable_value, HOUR)

  def testRoundTripsAreReadAsTheyWereRecorded(self):
    latencies, histograms = self.Measure("ROUND_TRIP", 64, steps=20)
    self.assertEqual(set(histograms), {"round_trip", "stepped_round_trip"})
    for tag, histogram in histograms.items():
      self.ExpectTheSame(latencies[tag], histogram)

  def testStreamsAreReadKindByKind(self):
    latencies, histograms = self.Measure("STREAM", 64, steps=0)
    present = {tag for tag, latency in latencies.items() if int(latency.get("count", 0))}
    self.assertIn("send_call", present)
    self.assertEqual(set(histograms), present)
    for tag, histogram in histograms.items():
      self.ExpectTheSame(latencies[tag], histogram)

  def testAKindWithoutFiguresIsNotInTheWay(self):
    # Too small for a time stamp: there is no one-way latency.
    latencies, histograms = self.Measure("STREAM", 8, steps=0)
    self.assertIn("one_way", latencies)
    self.assertEqual(set(histograms), {"send_call"})


if __name__ == "__main__":
  IPCLABD = sys.argv.pop(1)
  unittest.main(verbosity=2)
