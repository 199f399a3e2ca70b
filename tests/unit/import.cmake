add_library(muster_import_fixture STATIC import_fixture.c import_world.c)
target_link_libraries(muster_import_fixture
  PUBLIC muster_client_import muster_replica muster_wire PkgConfig::cmocka
  PRIVATE muster_options)
target_compile_definitions(muster_import_fixture PRIVATE _POSIX_C_SOURCE=200809L
  MUSTER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
muster_test(unit test_import_samples test_import_samples.c LIBS muster_import_fixture)
# Real exports are not in the tree: without them ctest says "Skipped", not "Passed".
set_tests_properties(unit.test_import_samples PROPERTIES SKIP_REGULAR_EXPRESSION "skipped: ")
muster_test(unit test_json_scan test_json_scan.c LIBS muster_client_import)
muster_test(unit test_import_trello test_import_trello.c LIBS muster_import_fixture)
