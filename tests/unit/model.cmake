muster_test(unit test_model_rank test_model_rank.c ../harness/dice.c LIBS muster_model)
