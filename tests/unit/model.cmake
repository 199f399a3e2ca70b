muster_test(unit test_model_rank test_model_rank.c ../harness/dice.c LIBS muster_model)
muster_test(unit test_when test_when.c LIBS muster_model)
muster_test(unit test_zone test_zone.c LIBS muster_model)
muster_test(unit test_model_text test_model_text.c ../harness/dice.c LIBS muster_model)
