# What the server keeps: the store, and the state folder it lies in.
add_library(ipclab_store STATIC
  host/state_dir.cc security/token.cc store.cc storage/sqlite.cc storage/store_file.cc storage/store_records.cc
  storage/store_schema.cc)
target_link_libraries(ipclab_store
  PUBLIC ipclab_common ipclab_protos absl::span absl::status absl::statusor
  PRIVATE ipclab_options absl::strings absl::str_format absl::time SQLite::SQLite3)
target_precompile_headers(ipclab_store REUSE_FROM ipclab_pch_messages)
