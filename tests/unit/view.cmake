muster_test(unit test_view_text test_view_text.c LIBS muster_client_view)
muster_test(unit test_view_json test_view_json.c LIBS muster_client_view PkgConfig::jansson)
muster_test(unit test_view_words test_view_words.c LIBS muster_client_view)
muster_test(unit test_view_tasks test_view_tasks.c view_fixture.c LIBS muster_client_view muster_replica_fixture)
