"""Drives a real server through reflection alone: generic_client_test.py IPCLABD.

Exits with 77 where the Python packages that it needs are missing.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
try:
  import grpc
  from generic_client import GenericClient, PROTOS
except ImportError as error:
  print(f"skipped: {error}; apt-get install python3-grpcio python3-protobuf grpc-proto")
  sys.exit(77)
if not PROTOS.is_dir():
  print("skipped: no reflection.proto; apt-get install grpc-proto")
  sys.exit(77)

EXPERIMENTS = "ipclab.v1.ExperimentService"
MEASURE = {
    "mechanism": "pipe",
    "pattern": "ROUND_TRIP",
    "messageBytes": 64,
    "messages": 1000,
}


class GenericClientTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    os.chmod(folder.name, 0o700)
    address = f"unix:{folder.name}/server.sock"
    server = subprocess.Popen(
        [IPCLABD, "--listen", address, "--state-dir", f"{folder.name}/state"],
        env={**os.environ, "XDG_RUNTIME_DIR": folder.name}, stdout=subprocess.PIPE, text=True)
    self.addCleanup(server.stdout.close)
    self.addCleanup(server.wait, timeout=30)
    self.addCleanup(server.terminate)
    # It says so when it serves; the end of its output says that it never will.
    self.assertEqual(server.stdout.readline(), f"listening on {address}\n")
    self.client = GenericClient(address)
    self.addCleanup(self.client.Close)

  def testReflectionNamesEveryService(self):
    services = self.client.Services()
    for name in (EXPERIMENTS, "ipclab.v1.MechanismService", "ipclab.v1.SystemService",
                 "grpc.health.v1.Health"):
      self.assertIn(name, services)

  def testTheServerSaysWhatItIs(self):
    info = self.client.Call("ipclab.v1.SystemService/GetServerInfo", {})
    self.assertGreater(info["pid"], 0)
    self.assertGreaterEqual(info["environment"]["cpus"], 1)

  def testMechanismsAreListed(self):
    answer = self.client.Call("ipclab.v1.MechanismService/ListMechanisms", {})
    self.assertIn("pipe", [mechanism["id"] for mechanism in answer["mechanisms"]])

  def testAnExperimentRunsToItsEndUnderWatch(self):
    experiment = self.client.Call(f"{EXPERIMENTS}/CreateExperiment",
                                  {"spec": {"start": "RUN", "measure": MEASURE}})
    events = list(self.client.Stream(f"{EXPERIMENTS}/WatchExperiment",
                                     {"name": experiment["name"]}))
    last = events[-1]["snapshot"]
    self.assertEqual(last["state"], "SUCCEEDED", last)
    self.assertEqual(last["result"]["metrics"]["total"]["messages"], "1000")

  def testAnUnknownMechanismIsRefusedInRichWords(self):
    with self.assertRaises(grpc.RpcError) as raised:
      self.client.Call(f"{EXPERIMENTS}/CreateExperiment",
                       {"spec": {"measure": {**MEASURE, "mechanism": "pigeon"}}})
    self.assertEqual(raised.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
    trailers = dict(raised.exception.trailing_metadata())
    self.assertIn(b"google.rpc.BadRequest", trailers["grpc-status-details-bin"])


if __name__ == "__main__":
  IPCLABD = sys.argv.pop(1)
  unittest.main(verbosity=2)
