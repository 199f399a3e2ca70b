muster_test(unit test_tui_keys test_tui_keys.c LIBS muster_client_tui)
