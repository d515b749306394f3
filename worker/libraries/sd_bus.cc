#include "worker/libraries/sd_bus.h"

#include "worker/libraries/shared_library.h"

namespace ipclab {

SdBus sd_bus_calls;

absl::Status LoadSdBus() {
  static const absl::Status status = [] {
    SharedLibrary library("libsystemd.so.0");
    SdBus& calls = sd_bus_calls;
    library.Find("sd_bus_new", calls.make);
    library.Find("sd_bus_set_address", calls.set_address);
    library.Find("sd_bus_set_fd", calls.set_fd);
    library.Find("sd_bus_set_bus_client", calls.set_bus_client);
    library.Find("sd_bus_set_server", calls.set_server);
    library.Find("sd_bus_negotiate_fds", calls.negotiate_fds);
    library.Find("sd_bus_start", calls.start);
    library.Find("sd_bus_is_ready", calls.is_ready);
    library.Find("sd_bus_close_unref", calls.close_unref);
    library.Find("sd_bus_flush", calls.flush);
    library.Find("sd_bus_send", calls.send);
    library.Find("sd_bus_process", calls.process);
    library.Find("sd_bus_wait", calls.wait);
    library.Find("sd_bus_get_fd", calls.get_fd);
    library.Find("sd_bus_get_n_queued_write", calls.get_n_queued_write);
    library.Find("sd_bus_request_name", calls.request_name);
    library.Find("sd_bus_call_method", calls.call_method);
    library.Find("sd_bus_message_new_method_call", calls.message_new_method_call);
    library.Find("sd_bus_message_new_method_return", calls.message_new_method_return);
    library.Find("sd_bus_message_new_signal", calls.message_new_signal);
    library.Find("sd_bus_message_append_array", calls.message_append_array);
    library.Find("sd_bus_message_read", calls.message_read);
    library.Find("sd_bus_message_read_array", calls.message_read_array);
    library.Find("sd_bus_message_set_expect_reply", calls.message_set_expect_reply);
    library.Find("sd_bus_message_get_expect_reply", calls.message_get_expect_reply);
    library.Find("sd_bus_message_get_type", calls.message_get_type);
    library.Find("sd_bus_message_get_errno", calls.message_get_errno);
    library.Find("sd_bus_message_is_method_call", calls.message_is_method_call);
    library.Find("sd_bus_message_is_method_error", calls.message_is_method_error);
    library.Find("sd_bus_message_is_signal", calls.message_is_signal);
    library.Find("sd_bus_message_unref", calls.message_unref);
    return library.status();
  }();
  return status;
}

}  // namespace ipclab
