muster_test(unit test_log test_log.c LIBS muster_server_log muster_seal)
muster_test(unit test_server_session test_server_session.c LIBS muster_stage)
