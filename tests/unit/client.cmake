muster_test(unit test_client_sync test_client_sync.c LIBS muster_pair)
muster_test(unit test_client_rebase test_client_rebase.c LIBS muster_pair)
