// The connection of one command to its server, be it a running one or a private one.
//
// Thread safe once open: calls may be made from several threads, each with a context of its own.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cli/private_server.h"
#include "ipclab/v1/experiment_service.grpc.pb.h"
#include "ipclab/v1/mechanism.grpc.pb.h"
#include "ipclab/v1/program_service.grpc.pb.h"
#include "ipclab/v1/system.grpc.pb.h"

namespace ipclab::cli {

// Of files in PEM form; empty ones are not given.
struct TlsOptions {
  std::string authority;    // that signs servers; given, TLS is spoken
  std::string certificate;  // the client's own
  std::string key;          // its key

  bool any() const { return !authority.empty() || !certificate.empty() || !key.empty(); }
};

struct ConnectionOptions {
  std::string server;      // empty: the local socket if a server answers there, else a private one
  std::string token_file;  // empty: the server's own
  TlsOptions tls = {};     // for a server on TCP
  absl::Duration timeout = absl::Seconds(10);  // of each unary call
};

class Connection {
 public:
  // Connects. INVALID_ARGUMENT when the options make no sense; else, saying what to do, when no
  // server can be reached or started.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const ConnectionOptions& options);

  // Ends a private server.
  ~Connection();

  // The context of one unary call, with its deadline, or of one stream, without.
  std::unique_ptr<grpc::ClientContext> NewCall() const;
  std::unique_ptr<grpc::ClientContext> NewStream() const;

  v1::ExperimentService::Stub& experiments() { return *experiments_; }
  v1::MechanismService::Stub& mechanisms() { return *mechanisms_; }
  v1::ProgramService::Stub& programs() { return *programs_; }
  v1::SystemService::Stub& system() { return *system_; }

  bool is_private() const { return private_server_.has_value(); }

 private:
  Connection(std::optional<PrivateServer> private_server, std::string token,
             absl::Duration timeout);

  static absl::StatusOr<std::unique_ptr<Connection>> OpenPrivate(const ConnectionOptions& options);
  void Use(std::shared_ptr<grpc::Channel> channel);

  std::optional<PrivateServer> private_server_;  // outlives the stubs, which hold the channel
  const std::string token_;
  const absl::Duration timeout_;
  std::unique_ptr<v1::ExperimentService::Stub> experiments_;
  std::unique_ptr<v1::MechanismService::Stub> mechanisms_;
  std::unique_ptr<v1::ProgramService::Stub> programs_;
  std::unique_ptr<v1::SystemService::Stub> system_;
};

}  // namespace ipclab::cli
