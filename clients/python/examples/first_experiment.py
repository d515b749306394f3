#!/usr/bin/env python3
"""A first experiment: two processes and a pipe, stepped by hand and cancelled, then measured.

  make                                  # the stubs, once
  ./first_experiment.py                 # the server on this host's Unix socket, as of ./lab up
  ./first_experiment.py --server lab.example:7777 --token-file token --tls-ca ca.pem

Needs Debian's python3-grpcio and python3-protobuf, or `pip install grpcio protobuf`.
Ends with 0 when all is well, 1 when an experiment failed, 2 after wrong usage, 3 when the server
said no, 4 when there is no connection.
"""

import argparse
import os
import pathlib
import re
import sys
import threading
import uuid

import grpc

# Where `make` puts them.
sys.path.insert(0, os.environ.get("IPCLAB_STUBS", str(pathlib.Path(__file__).parent / "stubs")))
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2 as details
from google.rpc import status_pb2
from ipclab.v1 import experiment_pb2
from ipclab.v1 import experiment_service_pb2 as service
from ipclab.v1 import experiment_service_pb2_grpc as service_grpc
from ipclab.v1 import measure_pb2
from ipclab.v1 import mechanism_pb2

State = experiment_pb2.Experiment.State
MESSAGE_BYTES = 64


def main():
  options = read_options()
  channel, call = connect(options)
  experiments = service_grpc.ExperimentServiceStub(channel)
  try:
    rows = [("stepped, cancelled", step_and_cancel(experiments, call)),
            ("run to its end", run(experiments, call))]
  except grpc.RpcError as error:
    print(f"first_experiment: {explain(error, options)}", file=sys.stderr)
    return 4 if error.code() == grpc.StatusCode.UNAVAILABLE else 3
  finally:
    channel.close()
  print_table(rows)
  return 0


def step_and_cancel(experiments, call):
  """Three steps of 200 messages, then a cancel; a thread watches. Returns the metrics."""
  experiment = experiments.CreateExperiment(
      service.CreateExperimentRequest(spec=pipe_spec(messages=10_000)), **call)
  say(f"{experiment.name}: created")
  events = watch(experiments, call, experiment.name)
  next(events)  # A snapshot comes first: nothing that happens from here on is missed.
  watcher = threading.Thread(target=show, args=(experiment.name, events))
  watcher.start()
  # Whoever controls an experiment says what becomes of it when he is not heard of any more.
  control = experiment_pb2.Control(controller=str(uuid.uuid4()),
                                   on_loss=experiment_pb2.Control.CANCEL)
  step = 0
  for _ in range(3):
    answer = experiments.StepExperiment(
        service.StepExperimentRequest(name=experiment.name, count=200, expected_step=step,
                                      control=control), **call)
    step = answer.step
    say(f"{experiment.name}: at step {step}, "
        f"{format_time(percentile(answer.metrics, 50))} a round trip")
  ended = experiments.CancelExperiment(
      service.CancelExperimentRequest(name=experiment.name), **call)
  watcher.join()
  experiments.DeleteExperiment(service.DeleteExperimentRequest(name=experiment.name), **call)
  return ended.result.stepped_metrics


def watch(experiments, call, name):
  """The experiment's events; they end with it, so there is no deadline."""
  return experiments.WatchExperiment(service.WatchExperimentRequest(name=name),
                                     metadata=call["metadata"])


def show(name, events):
  try:
    for event in events:
      if event.HasField("state_change"):
        say(f"{name}: now {State.Name(event.state_change.to)}")
      if event.HasField("step_done"):
        say(f"{name}: the watcher saw step {event.step_done.step}")
  except grpc.RpcError as error:
    say(f"{name}: not watched any more: {error.code().name}")


def say(text):
  """Prints a line in one piece, as two threads do so."""
  print(f"{text}\n", end="", flush=True)


def run(experiments, call):
  """One second of round trips, from beginning to end. Returns the metrics."""
  spec = pipe_spec(duration=duration_pb2.Duration(seconds=1))
  spec.start = experiment_pb2.ExperimentSpec.RUN
  experiment = experiments.CreateExperiment(service.CreateExperimentRequest(spec=spec), **call)
  say(f"{experiment.name}: runs")
  for event in watch(experiments, call, experiment.name):
    if event.HasField("snapshot"):
      experiment = event.snapshot  # The last event is the experiment as it ended.
  experiments.DeleteExperiment(service.DeleteExperimentRequest(name=experiment.name), **call)
  if experiment.state != State.SUCCEEDED:
    sys.exit(f"{experiment.name}: {State.Name(experiment.state)}: {experiment.end.message}")
  return experiment.result.metrics


def pipe_spec(**amount):
  return experiment_pb2.ExperimentSpec(measure=measure_pb2.MeasureSpec(
      mechanism="pipe", pattern=mechanism_pb2.Pattern.ROUND_TRIP, message_bytes=MESSAGE_BYTES,
      **amount))


def percentile(metrics, percent):
  """In nanoseconds; None when too few messages support it."""
  for latency in metrics.latencies:
    for each in latency.percentiles:
      if each.percent == percent and each.HasField("nanos"):
        return each.nanos
  return None


def print_table(rows):
  title = f"pipe, {MESSAGE_BYTES} bytes"
  print(f"\n{title:<20} {'messages':>9} {'p50':>9} {'p99':>9} {'rate':>11}")
  for title, metrics in rows:
    print(f"{title:<20} {metrics.total.messages:>9} {format_time(percentile(metrics, 50)):>9} "
          f"{format_time(percentile(metrics, 99)):>9} {metrics.messages_per_second:>9.0f}/s")


def format_time(nanos):
  return "-" if nanos is None else f"{nanos / 1000:.1f} us"


def explain(error, options):
  """What the server said, and the details that say what to do about it."""
  lines = [f"{error.code().name}: {error.details()}"]
  packed = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
  for detail in status_pb2.Status.FromString(packed).details:
    for kind, describe in DETAILS.items():
      message = kind()
      if detail.Unpack(message):
        lines += describe(message)
  if error.code() == grpc.StatusCode.UNAUTHENTICATED:
    lines.append("--token-file FILE names the server's token; it lies in the server's state folder")
  if error.code() == grpc.StatusCode.UNAVAILABLE and not packed:
    lines.append(f"is ipclabd up at {options.server}? With TLS it needs --tls-ca FILE and a "
                 "name that its certificate has, and may want --tls-cert and --tls-key as well")
  return "\n  ".join(lines)


DETAILS = {
    details.ErrorInfo: lambda info: [f"reason: {info.reason}"],
    details.BadRequest: lambda bad: [f"{each.field}: {each.description}"
                                     for each in bad.field_violations],
    details.PreconditionFailure: lambda failure: [f"{each.subject}: {each.description}"
                                                  for each in failure.violations],
    details.QuotaFailure: lambda failure: [f"{each.subject}: {each.description}"
                                           for each in failure.violations],
    details.ResourceInfo: lambda info: [f"{info.resource_name}: {info.description}"],
    details.RetryInfo: lambda info: [f"try again in {info.retry_delay.ToTimedelta()}"],
}


def connect(options):
  """A channel, and what goes with every call: the token, and a deadline."""
  # A proxy for the web would only get in between.
  settings = [("grpc.enable_http_proxy", 0)]
  if options.tls_ca:
    credentials = grpc.ssl_channel_credentials(
        root_certificates=options.tls_ca.read_bytes(),
        private_key=options.tls_key and options.tls_key.read_bytes(),
        certificate_chain=options.tls_cert and options.tls_cert.read_bytes())
    channel = grpc.secure_channel(options.server, credentials, settings)
  else:
    channel = grpc.insecure_channel(options.server, settings)
  token = options.token_file and options.token_file.read_text().strip()
  metadata = [("authorization", f"Bearer {token}")] if token else []
  return channel, {"metadata": metadata, "timeout": 30}


def read_options():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])

  def add(name, convert, text, otherwise=None):
    variable = "IPCLAB_" + name.upper().replace("-", "_")
    parser.add_argument(f"--{name}", type=convert, help=f"{text} [${variable}]",
                        default=os.environ.get(variable, otherwise))

  add("server", str, "unix:/path or host:port", f"unix:{local_socket()}")
  add("token-file", pathlib.Path, "the file with the token of a server on TCP")
  add("tls-ca", pathlib.Path, "use TLS, and trust the certificates of this CA")
  add("tls-cert", pathlib.Path, "this client's certificate, where the server wants one")
  add("tls-key", pathlib.Path, "its key")
  options = parser.parse_args()
  for path in (options.token_file, options.tls_ca, options.tls_cert, options.tls_key):
    if path and not os.access(path, os.R_OK):
      parser.error(f"{path} cannot be read")
  plain = not options.tls_ca and not options.server.startswith("unix:")
  if plain and not re.fullmatch(r"(localhost|127(\.\d{1,3}){3}|\[::1\]):\d+", options.server):
    parser.error("the token must not cross a network in the clear: give --tls-ca")
  return options


def local_socket():
  """Where ipclabd listens unless it is told otherwise."""
  if "XDG_RUNTIME_DIR" in os.environ:
    return os.environ["XDG_RUNTIME_DIR"] + "/ipclab/ipclabd.sock"
  if os.geteuid() == 0:
    return "/run/ipclab/ipclabd.sock"
  return f"{os.environ.get('TMPDIR', '/tmp')}/ipclab-{os.geteuid()}/ipclabd.sock"


if __name__ == "__main__":
  sys.exit(main())
