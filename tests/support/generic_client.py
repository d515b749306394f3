"""A gRPC client that is told an address and learns the rest by reflection, as grpcurl does.

Needs Debian's python3-grpcio, python3-protobuf, protobuf-compiler and grpc-proto. Not thread safe.

  client = GenericClient("unix:/run/ipclab/ipclabd.sock")
  client.Services()
  client.Call("ipclab.v1.SystemService/GetServerInfo", {})       -> a dict
  list(client.Stream("ipclab.v1.ExperimentService/WatchExperiment", {"name": name}))
"""

import importlib.util
import pathlib
import subprocess
import tempfile

import grpc
from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import json_format
from google.protobuf import message_factory

PROTOS = pathlib.Path("/usr/share/grpc-proto")
REFLECTION = "grpc/reflection/v1alpha/reflection"


class GenericClient:
  """Calls take and return dicts in protobuf's JSON form, and fail with grpc.RpcError."""

  def __init__(self, address, deadline_seconds=30):
    self._deadline = deadline_seconds
    self._channel = grpc.insecure_channel(address)
    grpc.channel_ready_future(self._channel).result(timeout=deadline_seconds)
    self._reflection = _LoadReflection()
    self._pool = descriptor_pool.DescriptorPool()
    self._factory = message_factory.MessageFactory(self._pool)
    self._known = set()

  def Close(self):
    self._channel.close()

  def Services(self):
    response = self._Ask(list_services="*")
    return sorted(service.name for service in response.list_services_response.service)

  def Call(self, method, request):
    call, message = self._Method(method, request)
    return self._ToDict(call(message, timeout=self._deadline))

  def Stream(self, method, request):
    call, message = self._Method(method, request)
    return map(self._ToDict, call(message, timeout=self._deadline))

  def _Method(self, path, request):
    service, name = path.split("/")
    self._Learn(self._Ask(file_containing_symbol=service))
    method = self._pool.FindServiceByName(service).methods_by_name[name]
    proto = descriptor_pb2.MethodDescriptorProto()
    method.CopyToProto(proto)
    kind = self._channel.unary_stream if proto.server_streaming else self._channel.unary_unary
    output = self._factory.GetPrototype(method.output_type)
    message = self._factory.GetPrototype(method.input_type)()
    json_format.ParseDict(request, message, descriptor_pool=self._pool)
    return kind(f"/{path}", lambda sent: sent.SerializeToString(), output.FromString), message

  def _Learn(self, response):
    files = {}
    for serialized in response.file_descriptor_response.file_descriptor_proto:
      file = descriptor_pb2.FileDescriptorProto.FromString(serialized)
      files[file.name] = file
    for file in files.values():
      self._Add(file, files)

  def _Add(self, file, files):
    if file.name in self._known:
      return
    self._known.add(file.name)
    for name in file.dependency:
      if name not in files:
        self._Learn(self._Ask(file_by_filename=name))
      elif name not in self._known:
        self._Add(files[name], files)
    self._pool.Add(file)

  def _Ask(self, **question):
    request = self._reflection.ServerReflectionRequest(**question)
    call = self._channel.stream_stream(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        lambda sent: sent.SerializeToString(),
        self._reflection.ServerReflectionResponse.FromString)
    response = next(call(iter([request]), timeout=self._deadline))
    if response.HasField("error_response"):
      raise LookupError(response.error_response.error_message)
    return response

  def _ToDict(self, message):
    return json_format.MessageToDict(message, including_default_value_fields=True,
                                     descriptor_pool=self._pool)


def _LoadReflection():
  """Compiles the reflection service's own messages, the only ones that cannot be asked for."""
  with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["protoc", f"-I{PROTOS}", f"--python_out={folder}", f"{REFLECTION}.proto"],
                   check=True)
    spec = importlib.util.spec_from_file_location("reflection_pb2", f"{folder}/{REFLECTION}_pb2.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
