# The store and the state folder.
add_executable(store_writer store_writer.cc)
target_link_libraries(store_writer PRIVATE ipclab_store ipclab_options)
add_executable(state_dir_holder state_dir_holder.cc)
target_link_libraries(state_dir_holder PRIVATE ipclab_store ipclab_options)
set_target_properties(store_writer state_dir_holder PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

foreach(test state_dir store store_crash store_damage store_disk store_schema token)
  ipclab_test(NAME ${test}_test SOURCES ${test}_test.cc LIBRARIES ipclab_store SQLite::SQLite3)
endforeach()
target_compile_definitions(store_crash_test PRIVATE STORE_WRITER="$<TARGET_FILE:store_writer>")
add_dependencies(store_crash_test store_writer)
target_compile_definitions(state_dir_test PRIVATE STATE_DIR_HOLDER="$<TARGET_FILE:state_dir_holder>")
add_dependencies(state_dir_test state_dir_holder)
