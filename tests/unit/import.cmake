muster_test(unit test_import_samples test_import_samples.c import_fixture.c
  LIBS muster_client_import)
# Real exports are not in the tree: without them ctest says "Skipped", not "Passed".
set_tests_properties(unit.test_import_samples PROPERTIES SKIP_REGULAR_EXPRESSION "skipped: ")
