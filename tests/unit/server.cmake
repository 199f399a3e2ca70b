muster_test(unit test_log test_log.c LIBS muster_server_log muster_seal)
