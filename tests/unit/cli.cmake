muster_test(unit test_cli_args test_cli_args.c LIBS muster_client_cli)
