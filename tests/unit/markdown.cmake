muster_test(unit test_markdown test_markdown.c LIBS muster_client_markdown)
