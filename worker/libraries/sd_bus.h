// What is used of sd-bus, the D-Bus client of libsystemd. Used by the workers of the mechanism
// dbus.
#pragma once

#include <systemd/sd-bus.h>

#include "absl/status/status.h"

namespace ipclab {

struct SdBus {
  decltype(&::sd_bus_new) make;
  decltype(&::sd_bus_set_address) set_address;
  decltype(&::sd_bus_set_fd) set_fd;
  decltype(&::sd_bus_set_bus_client) set_bus_client;
  decltype(&::sd_bus_set_server) set_server;
  decltype(&::sd_bus_negotiate_fds) negotiate_fds;
  decltype(&::sd_bus_start) start;
  decltype(&::sd_bus_is_ready) is_ready;
  decltype(&::sd_bus_close_unref) close_unref;
  decltype(&::sd_bus_flush) flush;
  decltype(&::sd_bus_send) send;
  decltype(&::sd_bus_process) process;
  decltype(&::sd_bus_wait) wait;
  decltype(&::sd_bus_get_fd) get_fd;
  decltype(&::sd_bus_get_n_queued_write) get_n_queued_write;
  decltype(&::sd_bus_request_name) request_name;
  decltype(&::sd_bus_call_method) call_method;
  decltype(&::sd_bus_message_new_method_call) message_new_method_call;
  decltype(&::sd_bus_message_new_method_return) message_new_method_return;
  decltype(&::sd_bus_message_new_signal) message_new_signal;
  decltype(&::sd_bus_message_append_array) message_append_array;
  decltype(&::sd_bus_message_read) message_read;
  decltype(&::sd_bus_message_read_array) message_read_array;
  decltype(&::sd_bus_message_set_expect_reply) message_set_expect_reply;
  decltype(&::sd_bus_message_get_expect_reply) message_get_expect_reply;
  decltype(&::sd_bus_message_get_type) message_get_type;
  decltype(&::sd_bus_message_get_errno) message_get_errno;
  decltype(&::sd_bus_message_is_method_call) message_is_method_call;
  decltype(&::sd_bus_message_is_method_error) message_is_method_error;
  decltype(&::sd_bus_message_is_signal) message_is_signal;
  decltype(&::sd_bus_message_unref) message_unref;
};

// Its functions; null before LoadSdBus() was fine.
extern SdBus sd_bus_calls;

// Loads them, the first time. UNAVAILABLE in the dynamic linker's words.
absl::Status LoadSdBus();

}  // namespace ipclab
