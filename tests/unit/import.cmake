add_library(muster_import_fixture STATIC import_fixture.c import_world.c)
target_link_libraries(muster_import_fixture
  PUBLIC muster_client_import muster_replica muster_wire PkgConfig::cmocka
  PRIVATE muster_options)
target_compile_definitions(muster_import_fixture PRIVATE _POSIX_C_SOURCE=200809L
  MUSTER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
muster_test(unit test_import_samples test_import_samples.c LIBS muster_import_fixture)
muster_test(unit test_json_scan test_json_scan.c LIBS muster_client_import)
muster_test(unit test_import_trello test_import_trello.c LIBS muster_import_fixture)
muster_test(unit test_import_merge test_import_merge.c LIBS muster_import_fixture)
muster_test(unit test_import_kinds test_import_kinds.c LIBS muster_client_import)
muster_test(unit test_csv test_csv.c LIBS muster_client_import)
muster_test(unit test_csv_board test_csv_board.c LIBS muster_import_fixture)
muster_test(unit test_import_asana test_import_asana.c LIBS muster_import_fixture)
muster_test(unit test_content test_content.c ../harness/dice.c LIBS muster_import_fixture)
muster_test(unit test_content_samples test_content.c ../harness/dice.c LIBS muster_import_fixture)
target_compile_definitions(test_content_samples PRIVATE REAL_EXPORTS)
muster_test(unit test_import_plan test_import_plan.c LIBS muster_import_fixture)
muster_test(unit test_import_parts test_import_parts.c LIBS muster_client_import)

# Real exports are not in the tree: without them ctest says "Skipped", not "Passed".
set_tests_properties(unit.test_import_samples unit.test_content_samples PROPERTIES SKIP_REGULAR_EXPRESSION "skipped: ")

# The boards that the project ships are what their scripts write.
find_program(MUSTER_PYTHON python3)
if(MUSTER_PYTHON)
  add_test(NAME lint.boards
    COMMAND "${CMAKE_COMMAND}" -DPYTHON=${MUSTER_PYTHON} -DBOARDS=${PROJECT_SOURCE_DIR}/tests/boards
            -DOUT=${CMAKE_CURRENT_BINARY_DIR}
            -P "${PROJECT_SOURCE_DIR}/tests/boards/Check.cmake")
  set_tests_properties(lint.boards PROPERTIES LABELS "lint")
endif()
