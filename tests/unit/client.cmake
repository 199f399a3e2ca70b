add_library(muster_client_fixture STATIC client_fixture.c)
target_link_libraries(muster_client_fixture PUBLIC muster_pair PkgConfig::cmocka
                      PRIVATE muster_options)
foreach(test crash fork link sync transfer undo verify)
  muster_test(unit test_client_${test} test_client_${test}.c LIBS muster_client_fixture)
endforeach()
muster_test(unit test_client_rebase test_client_rebase.c LIBS muster_pair)
muster_test(unit test_client_shared test_client_shared.c LIBS muster_client_fixture muster_folder)
muster_test(unit test_client_outbox test_client_outbox.c LIBS muster_client_core muster_memdisk)
