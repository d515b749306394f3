"""Runs an example against a real server in every way it can be reached:
examples_test.py python|node IPCLABD IPCLAB WORK.

Exits with 77 where what the example needs is missing.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from lab import Checkout, Missing, Server, SKIPPED

LANGUAGE, IPCLABD, IPCLAB, WORK = sys.argv[1:5]
SYSTEM_PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else "python3"
COMMANDS = {
    "python": [SYSTEM_PYTHON, "clients/python/examples/first_experiment.py"],
    "node": ["node", "clients/node/examples/first_experiment.js"],
}
REFUSED, NOT_CONNECTED, USAGE = 3, 4, 2
OWN_ENVIRONMENT = {name: value for name, value in os.environ.items()
                   if not name.startswith("IPCLAB_")}


class ExamplesTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory(prefix="ipclab-examples-")
    self.addCleanup(folder.cleanup)
    self.home = pathlib.Path(folder.name)

  def testByUnixSocket(self):
    with self.Serve("--listen", f"unix:{self.home}/socket") as server:
      self.ExpectTable(server, "--server", server.Await(1).addresses[0])

  def testTheLocalServerIsFoundWithoutOptions(self):
    with self.Serve() as server:
      server.Await(1)
      self.ExpectTable(server)

  def testByTcpWithTheToken(self):
    with self.Serve("--listen", "127.0.0.1:0") as server:
      self.ExpectTable(server, "--server", server.Await(1).addresses[0], "--token-file",
                       self.Token())

  def testByTlsWithTheTokenFromTheEnvironment(self):
    with self.ServeTls() as server:
      self.ExpectTable(server, IPCLAB_SERVER=self.LocalName(server),
                       IPCLAB_TLS_CA=self.Certificate("ca"), IPCLAB_TOKEN_FILE=self.Token())

  def testByMutualTls(self):
    with self.ServeTls("--tls-client-ca", "certs/ca.pem") as server:
      options = ["--server", self.LocalName(server), "--tls-ca", self.Certificate("ca"),
                 "--token-file", self.Token()]
      self.ExpectTable(server, *options, "--tls-cert", self.Certificate("client"), "--tls-key",
                       f"{self.home}/certs/client.key")
      self.ExpectFailure(NOT_CONNECTED, "--tls-cert", *options)

  def testAWrongTokenIsRefusedWithTheServersReasonAndAnAdvice(self):
    wrong = self.home / "wrong"
    wrong.write_text("0" * 64 + "\n")
    with self.Serve("--listen", "127.0.0.1:0") as server:
      address = server.Await(1).addresses[0]
      said = self.ExpectFailure(REFUSED, "TOKEN_WRONG", "--server", address, "--token-file", wrong)
      self.assertIn("--token-file FILE", said)
      self.ExpectFailure(REFUSED, "TOKEN_MISSING", "--server", address)

  def testAServerThatIsNotVouchedForIsNotSpokenTo(self):
    subprocess.run([IPCLAB, "certs", "--dir", "others"], cwd=self.home, check=True,
                   stdout=subprocess.DEVNULL)
    with self.ServeTls() as server:
      said = self.ExpectFailure(NOT_CONNECTED, "--tls-ca", "--server", self.LocalName(server),
                                "--token-file", self.Token(), "--tls-ca",
                                f"{self.home}/others/ca.pem")
      self.assertIn("certificate", said)

  def testWhereNobodyListensItSaysSo(self):
    self.ExpectFailure(NOT_CONNECTED, "is ipclabd up", "--server", f"unix:{self.home}/nobody")

  def testAServerThatDiesIsReported(self):
    with self.Serve("--listen", f"unix:{self.home}/socket") as server:
      run = subprocess.Popen(self.Command("--server", server.Await(1).addresses[0]),
                             cwd=CHECKOUT.path, text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
      self.assertIn(": created\n", run.stdout.readline())
      server.Kill()
      _, said = run.communicate(timeout=60)
    self.assertEqual(run.returncode, NOT_CONNECTED, said)
    self.assertIn("is ipclabd up", said)
    self.assertNotIn("Traceback", said)

  def testTheTokenDoesNotCrossANetworkInTheClear(self):
    self.ExpectFailure(USAGE, "--tls-ca", "--server", "lab.example:7777")

  def Serve(self, *flags):
    return Server([IPCLABD, *flags], self.home)

  def ServeTls(self, *flags):
    subprocess.run([IPCLAB, "certs", "--dir", "certs"], cwd=self.home, check=True,
                   stdout=subprocess.DEVNULL)
    return self.Serve("--listen", "127.0.0.1:0", "--listen", f"unix:{self.home}/socket",
                      "--tls-cert", "certs/server.pem", "--tls-key", "certs/server.key", *flags)

  def LocalName(self, server):
    """The certificate is for this name too, and clients resolve it."""
    address = next(each for each in server.Await(2).addresses if not each.startswith("unix:"))
    return address.replace("127.0.0.1", "localhost")

  def Certificate(self, name):
    return f"{self.home}/certs/{name}.pem"

  def Token(self):
    return f"{self.home}/.local/state/ipclab/token"

  def Command(self, *options):
    return [*COMMANDS[LANGUAGE], *map(str, options)]

  def Run(self, *options, **environment):
    return subprocess.run(self.Command(*options), cwd=CHECKOUT.path, text=True,
                          capture_output=True, timeout=60,
                          env={**OWN_ENVIRONMENT, "XDG_RUNTIME_DIR": str(self.home), **environment})

  def ExpectTable(self, server, *options, **environment):
    run = self.Run(*options, **environment)
    self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
    for line in (r"now CANCELLED", r"the watcher saw step 600", r"p50 +p99 +rate",
                 # On a busy host too few messages may support p99.
                 r"stepped, cancelled +600 +[0-9.]+ us +([0-9.]+ us|-) +\d+/s",
                 r"run to its end +\d+ +[0-9.]+ us +([0-9.]+ us|-) +\d+/s"):
      self.assertRegex(run.stdout, line)
    self.assertEqual(run.stderr, "")
    self.ExpectNothingLeft(server)

  def ExpectNothingLeft(self, server):
    local = next((each for each in server.addresses if each.startswith("unix:")), None)
    if local is None:
      return
    info = subprocess.run([IPCLAB, "info", "--json", "--server", local], text=True, check=True,
                          capture_output=True)
    self.assertEqual(json.loads(info.stdout).get("experiments", 0), 0)

  def ExpectFailure(self, code, text, *options):
    run = self.Run(*options)
    self.assertEqual(run.returncode, code, run.stdout + run.stderr)
    self.assertIn(text, run.stderr)
    self.assertNotIn("Traceback", run.stderr)
    return run.stderr


if __name__ == "__main__":
  missing = Missing(*{"python": ("make", "protoc", "grpc_python_plugin"),
                      "node": ("node", "npm")}[LANGUAGE])
  if LANGUAGE == "python":
    packages = subprocess.run([SYSTEM_PYTHON, "-c", "import grpc, google.protobuf"],
                              capture_output=True)
    missing += ["python3-grpcio"] if packages.returncode else []
  if missing:
    print(f"skipped: without {', '.join(missing)}")
    sys.exit(SKIPPED)
  with Checkout() as CHECKOUT:
    reason = CHECKOUT.Prepare(LANGUAGE, WORK)
    if reason:
      print(f"skipped: {reason}")
      sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
