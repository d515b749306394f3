# The Python example in a container, with nothing but Debian's packages; from the root of the
# checkout: docker build -f docker/python.Dockerfile -t ipclab-python .

FROM debian:bookworm-slim AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    make libprotobuf-dev protobuf-compiler protobuf-compiler-grpc \
 && rm -rf /var/lib/apt/lists/*
COPY protos /ipclab/protos
COPY clients/python/examples /ipclab/clients/python/examples
RUN make -C /ipclab/clients/python/examples

FROM debian:bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    python3-grpcio python3-protobuf \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
COPY --from=build /ipclab/clients/python/examples /ipclab
# The server's user, to whom alone /access is open.
USER 10001
ENTRYPOINT ["python3", "/ipclab/first_experiment.py"]
